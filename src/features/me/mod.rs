//! What concerns the caller in all their circles: read-only answers for the first screen
//! of an app.
//!
//! `list_agenda_items.rs` lists what comes when, `get_summary.rs` counts what waits for an
//! answer, and `list_circles.rs` lists the circles, each with those counts. Every answer
//! uses [`CallerCircles`](crate::access::CallerCircles), which sees in each circle what
//! the caller sees there.

mod get_summary;
mod list_agenda_items;
mod list_circles;

pub use get_summary::*;
pub use list_agenda_items::*;
pub use list_circles::*;
