//! A second factor: an authenticator app with recovery codes on paper. Whoever
//! has it on gets a ticket for the first factor, and a session for both.

mod code;
mod enrolment;
mod recovery;
mod ticket;
mod types;

pub(super) use code::{Shown, judge_code, spend};
pub use enrolment::*;
pub(super) use enrolment::{is_on, remove_added_since};
pub(super) use ticket::ask;
pub use ticket::*;
pub use types::*;
