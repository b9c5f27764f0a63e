//! The agenda of a family meeting: what the family wants to discuss, and what came of it. Members who
//! see the meeting see its agenda, and members who may schedule it change the agenda. An item is
//! `open` until it is `discussed` or `postponed`, and can be reopened.
//!
//! A change of an item counts up the version of the meeting too, because the brief shows both.

mod create;
mod delete;
mod discuss;
mod get;
mod list;
mod locked;
mod postpone;
mod reopen;
mod rules;
mod store;
mod types;
mod update;

pub use create::*;
pub use delete::*;
pub use discuss::*;
pub use get::*;
pub use list::*;
pub use postpone::*;
pub use reopen::*;
pub(super) use store::describe;
pub use types::*;
pub use update::*;
