//! What the caller has to do with over all circles: read-only answers, for what an app shows
//! first.
//!
//! `agenda.rs` is what comes when, `summary.rs` counts what waits for an answer, and
//! `circles.rs` lists the circles, each with those counts. Every answer is made with
//! [`Mine`](crate::access::Mine), which sees in each circle what the caller sees there.

mod agenda;
mod circles;
mod summary;

pub use agenda::*;
pub use circles::*;
pub use summary::*;
