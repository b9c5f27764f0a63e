//! Threads, what is written in them, and how far each member has read.
//!
//! A thread is about a topic, for everybody who sees that, or between the members who are
//! named in it. It is `open` or `archived`. A message keeps its place for good; it can be
//! edited for a while, and deleted without a trace of its text. `rules.rs` is the table of
//! who may do what in which state.
//!
//! Each operation on a thread has a file, like `mark_read.rs` for `mark_thread_read`; those
//! on messages are in `messages`.

mod archive;
mod create;
mod list;
mod locked;
mod mark_read;
mod messages;
mod read;
mod reopen;
mod rules;
mod store;
mod types;
mod unread;
mod update;

pub use archive::*;
pub use create::*;
pub use list::*;
pub use mark_read::*;
pub use messages::*;
pub use read::*;
pub use reopen::*;
pub use types::*;
pub use unread::unread_messages;
pub use update::*;
