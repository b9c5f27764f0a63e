//! The second factor: an authenticator app, and recovery codes on paper. If an account has one,
//! the first factor is answered with a ticket; ticket and code together open the session.
//!
//! `code` judges a code and uses it up. `check` counts it first.

mod check;
mod code;
mod complete_sign_in;
mod confirm_totp;
mod enroll_totp;
mod recovery;
mod remove_totp;
mod replace_recovery_codes;
mod store;
mod ticket;
mod types;

pub(super) use code::{JudgedCode, judge_code, spend};
pub use complete_sign_in::*;
pub use confirm_totp::*;
pub use enroll_totp::*;
pub(super) use recovery::codes_left;
pub use remove_totp::*;
pub use replace_recovery_codes::*;
pub(super) use store::{factor_of, remove_added_since, user_and_factor};
pub(super) use ticket::ask;
pub use types::*;
