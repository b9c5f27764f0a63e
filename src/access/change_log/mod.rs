//! The circle's change log: what happened, to which row, and who did it. It never holds a value.
//!
//! # What it guarantees
//!
//! - Each change has a line, committed with it. There is no line without its change.
//! - The lines of a circle are numbered without a gap, because the circle's row is locked
//!   while they are written. A reader that keeps the last number it has seen misses
//!   nothing and reads nothing twice.
//! - A line holds names of fields and no value. A member who does not see the topic or
//!   the thread that a line names does not see the line.
//!
//! # How
//!
//! [`Change`] is a line without its number. [`CircleWrite::log`](super::CircleWrite::log)
//! numbers it and adds the moment, the actor and the request:
//!
//! ```ignore
//! let change = Change::to::<task::Entity>("changed", &task).about(task.topic);
//! write.log(change.fields(vec!["title"])).await?;
//! ```
//!
//! A row that is changed as a [`Locked`](super::Locked) has the line written by `save`. The
//! fields of a PATCH come from `merge_patch!`, whose [`Fields`] name only the fields with
//! another value: a field that is sent with its present value is no change.
//!
//! What happens to an account is in a log of its own, `account_event`.
//!
//! # What goes wrong without it
//!
//! The entity tag of each answer holds the number of the last line: after a change without a
//! line the other devices are told that what they have is still right. And a line without its
//! topic tells everybody in the circle that something about the patient's health happened.

mod fields;
mod log;
mod patch;

pub use fields::Fields;
pub use log::{Change, insert_changes};
pub(crate) use patch::merge_patch;
