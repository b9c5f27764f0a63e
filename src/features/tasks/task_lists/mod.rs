//! Lists that group tasks. Every member sees the task lists. Which tasks they see in them
//! depends on the topic of each task.

mod create;
mod delete;
mod get;
mod list;
mod store;
mod types;
mod update;

pub use create::*;
pub use delete::*;
pub use get::*;
pub use list::*;
pub use types::*;
pub use update::*;
