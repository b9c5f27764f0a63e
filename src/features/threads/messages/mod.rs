//! Messages: sent, read, edited for a while, and deleted without a trace of their text. The text
//! from before an edit stays as a revision.

mod create;
mod delete;
mod get;
mod list;
mod list_revisions;
mod store;
mod types;
mod update;

pub use create::*;
pub use delete::*;
pub use get::*;
pub use list::*;
pub use list_revisions::*;
pub(super) use store::{describe_message, read_with_thread};
pub use types::*;
pub use update::*;
