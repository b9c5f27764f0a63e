//! Sessions, and refresh tokens that are replaced at each use.
//!
//! A second use of a refresh token can mean that a thief has it, too. It ends the session, with
//! one exception: as long as no token from the first answer was used, that answer counts as lost
//! on a bad network, and the refresh token works again. The tokens from the lost answer are
//! revoked. A use of them ends the session.

mod end;
mod end_others;
mod list;
mod refresh;
mod sign_out;
mod store;
mod types;
mod update;

pub use end::*;
pub use end_others::*;
pub use list::*;
pub use refresh::*;
pub use sign_out::*;
pub use store::{IDLE, end_sessions_of, long_used, open_session};
pub(super) use store::{close_other_sessions, insert_session, on_new_device};
pub use types::*;
pub use update::*;
