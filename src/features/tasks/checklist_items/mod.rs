//! The checklist of a task: small steps that are checked one by one. `rules.rs` says who may edit
//! them and who may check them. A change of an item counts as a change of its task.

mod check;
mod create;
mod delete;
mod get;
mod locked;
mod rules;
mod store;
mod types;
mod uncheck;
mod update;

pub use check::*;
pub use create::*;
pub use delete::*;
pub use get::*;
pub(super) use store::describe_all;
pub(in crate::features) use store::{create_later, new_checklist};
pub use types::*;
pub use uncheck::*;
pub use update::*;
