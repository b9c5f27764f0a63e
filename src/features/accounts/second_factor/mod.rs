//! A second factor: an authenticator app, with recovery codes on paper. An account that has
//! one answers the first factor with a ticket, and both with a session.
//!
//! `code` judges what is shown and uses it up; `check` counts it first.

mod check;
mod code;
mod complete_sign_in;
mod confirm_totp;
mod enroll_totp;
mod read_factors;
mod recovery;
mod remove_totp;
mod renew_recovery_codes;
mod store;
mod ticket;
mod types;

pub(super) use code::{JudgedCode, judge_code, spend};
pub use complete_sign_in::*;
pub use confirm_totp::*;
pub use enroll_totp::*;
pub use read_factors::*;
pub use remove_totp::*;
pub use renew_recovery_codes::*;
pub(super) use store::{is_on, remove_added_since};
pub(super) use ticket::ask;
pub use types::*;
