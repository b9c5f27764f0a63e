//! Sessions, and refresh tokens that rotate.
//!
//! A second use of a refresh token can mean that another person holds it too, and ends
//! the session; except while nothing of the answer to its first use was used: a phone that
//! lost that answer on a bad network is not an attacker. What was in the lost answer is
//! dead, and ends the session if it turns up after all.

mod list;
mod refresh;
mod revoke;
mod revoke_others;
mod sign_out;
mod store;
mod types;
mod update;

pub use list::*;
pub use refresh::*;
pub use revoke::*;
pub use revoke_others::*;
pub use sign_out::*;
pub use store::{IDLE, end_sessions_of, long_used, open_session};
pub(super) use store::{end_other_sessions, insert_session};
pub use types::*;
pub use update::*;
