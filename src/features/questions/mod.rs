//! Questions for the care team: what the family wants to ask, at which appointment, and what the
//! answer was.
//!
//! A question is a `draft` until it is `planned` for an appointment. It is `asked` there, and ends as
//! `answered` or `set_aside`. When an appointment is completed, missed or canceled, the questions
//! that were planned for it and were not asked are drafts again, and the brief of the next
//! appointment about their topic lists them. `rules.rs` says who may do what in which state.
//!
//! Each operation has a file, like `plan.rs` for `plan_question`.

mod answer;
mod ask;
mod create;
mod delete;
mod get;
mod list;
mod locked;
mod plan;
mod reopen;
mod rules;
mod set_aside;
mod store;
mod types;
mod update;

pub use answer::*;
pub use ask::*;
pub use create::*;
pub use delete::*;
pub use get::*;
pub use list::*;
pub use plan::*;
pub use reopen::*;
pub use set_aside::*;
pub(in crate::features) use store::{for_brief, return_to_drafts};
pub use types::*;
pub use update::*;
