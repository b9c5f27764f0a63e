//! Messages: written, read, edited for a while, and deleted without a trace of their text.
//! What a message said before it was edited stays in its history.

mod delete;
mod list;
mod list_history;
mod read;
mod store;
mod types;
mod update;
mod write;

pub use delete::*;
pub use list::*;
pub use list_history::*;
pub use read::*;
pub(super) use store::describe_message;
pub use types::*;
pub use update::*;
pub use write::*;
