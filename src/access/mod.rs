//! Who may do what, and the proof of it.
//!
//! Nothing of a circle can be reached without a [`CircleScope`], and only
//! [`CircleAccess`] and [`CircleWrite`] make one.

mod caller;
mod circle;
mod owned;
mod permission;
mod scope;
mod sight;
mod token;
mod topic;
mod write;

pub use caller::{AccountWrite, Caller};
pub use circle::{CircleAccess, CirclePath};
pub use owned::CircleOwned;
pub(crate) use owned::circle_owned;
pub use permission::*;
pub use scope::CircleScope;
pub use sight::{grants_of, may_take_part, takes_part_in, who_sees};
pub use token::{AccessToken, issue_token, self_test, verify_token};
pub use topic::{TopicLevels, default_levels};
pub use write::CircleWrite;
