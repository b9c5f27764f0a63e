//! Threads, their messages, and how far each member has read.
//!
//! A thread is about a topic, for every member who sees the topic, or it is a direct thread
//! between the members named in it, or it holds the comments of a task or an appointment
//! (`comments`). It is `open` or `archived`. A message keeps its place in the
//! thread for good. It can be edited for a while, and when it is deleted no trace of its text
//! stays. `rules.rs` is the table of who may do what in which state.
//!
//! Each operation on a thread has a file, like `mark_read.rs` for `mark_thread_read`. The
//! operations on messages are in `messages`.

mod archive;
mod comments;
mod create;
mod get;
mod list;
mod locked;
mod mark_read;
mod messages;
mod rules;
mod store;
mod types;
mod unarchive;
mod unread;
mod update;

pub use archive::*;
pub use comments::*;
pub use create::*;
pub use get::*;
pub use list::*;
pub use mark_read::*;
pub use messages::*;
pub use types::*;
pub use unarchive::*;
pub use unread::{unread_of_mine, unread_threads};
pub use update::*;
