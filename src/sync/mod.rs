//! Readers of the change log.

mod activity;

pub use activity::*;
