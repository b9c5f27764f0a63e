//! The circle's change log: every write appends what it changed, in its own
//! transaction. All who tell what happened read it here. What happens
//! to an account has a log of its own.

mod fields;
mod log;
mod patch;

pub use fields::Fields;
pub use log::{Change, insert_changes};
pub(crate) use patch::merge_patch;
