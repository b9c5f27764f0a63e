//! Comments: the messages in the thread of a task or an appointment. The thread is created with the
//! first comment, and a task or an appointment has at most one. Members who see the item see all
//! its comments: the thread has the topic of the item, and follows it in the same transaction. The
//! item shows how many comments it has, so that a comment that is written or deleted counts as a
//! change of the item. Everything else is as in other threads.
//!
//! In the summary of a person, the comments of an item are unread messages only if the member takes
//! part in the item (`unread.rs`).

mod create_on_appointment;
mod create_on_task;
mod item;
mod list_of_appointment;
mod list_of_task;

pub use create_on_appointment::*;
pub use create_on_task::*;
pub(super) use item::touch_item;
pub use item::{Comments, comment_count, follow_topic};
pub use list_of_appointment::*;
pub use list_of_task::*;
