//! Lists that group tasks. Everybody in the circle sees the lists; which tasks a member sees
//! in them is decided task by task.

mod create;
mod delete;
mod list;
mod read;
mod store;
mod types;
mod update;

pub use create::*;
pub use delete::*;
pub use list::*;
pub use read::*;
pub use types::*;
pub use update::*;
