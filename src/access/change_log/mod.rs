//! The circle's change log: what happened, to which row, and who did it. It holds no values.
//!
//! # What it guarantees
//!
//! - Each change has a line, which is committed with it. There is no line without its change.
//! - The lines of a circle are numbered without gaps, because the circle's row is locked while they
//!   are written. A reader that remembers the last number it has seen misses nothing and reads
//!   nothing twice.
//! - A line holds the names of fields and no values. A member who does not see the topic or the
//!   thread of a line does not see the line.
//!
//! # How
//!
//! [`Change`] is a line without its number. [`CircleWrite::log`](super::CircleWrite::log)
//! numbers it and adds the moment, the actor and the request:
//!
//! ```ignore
//! let change = Change::to::<task::Entity>("updated", &task).about(task.topic);
//! write.log(change.fields(vec!["title"])).await?;
//! ```
//!
//! For a row that is changed as a [`Locked`](super::Locked), `save` writes the line. The fields of
//! a PATCH come from `merge_patch!`, whose [`Fields`] name only the fields with another value: a
//! field that is sent with its present value is no change.
//!
//! What happens to an account is in a table of its own, `security_event`.
//!
//! # What goes wrong without it
//!
//! The entity tag of each answer holds the number of the last line. After a change without a line,
//! other devices are told that their old data is still right. And a line without its topic tells
//! every member that something about the patient's health happened.

mod fields;
mod log;
mod patch;

pub use fields::Fields;
pub use log::{Change, insert_changes};
pub(crate) use patch::merge_patch;
