//! Readers of the change log.

mod list_activity;
mod mark_activity_seen;

pub use list_activity::*;
pub use mark_activity_seen::*;
