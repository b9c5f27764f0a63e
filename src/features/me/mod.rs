//! What the caller has to do with over all circles: read-only answers, for what an app shows
//! first.
//!
//! `read_agenda.rs` is what comes when, `read_summary.rs` counts what waits for an answer, and
//! `list_circles.rs` lists the circles, each with those counts. Every answer is made with
//! [`CallerCircles`](crate::access::CallerCircles), which sees in each circle what the caller sees there.

mod list_circles;
mod read_agenda;
mod read_summary;

pub use list_circles::*;
pub use read_agenda::*;
pub use read_summary::*;
