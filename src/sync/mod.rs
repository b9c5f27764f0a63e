//! Readers of the change log.

mod list_activity;

pub use list_activity::*;
