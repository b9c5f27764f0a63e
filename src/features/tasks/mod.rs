//! Tasks: what there is to do, who claims it, and how it ends.
//!
//! A task is `proposed` until it is approved, then `open`, and ends as `completed`,
//! `canceled` or `lapsed`: its time is over, and nobody completed it (`lapse.rs`). Each
//! member has at most one assignment in it: offered, accepted, declined, released or
//! completed. `rules.rs` says who may do what in which state. A verb that is in effect
//! already answers with the task as it is.
//!
//! Each operation has a file, such as `claim.rs` for `claim_task`; the lists that group
//! tasks are in `task_lists`, and what a task consists of in `checklist_items`. Its comments
//! are messages in a thread of its own: see [`threads`](crate::features::threads). Tasks and needs are claimed and released by the same code,
//! in [`participation`](crate::features::participation).

mod accept;
mod approve;
mod around;
mod body;
mod by_link;
mod cancel;
mod checklist_items;
mod claim;
mod complete;
mod create;
mod decline;
mod get;
mod lapse;
mod list;
mod list_reminders;
mod locked;
mod measured;
mod new_task;
mod offer;
mod reinstate;
mod release;
mod reopen;
mod rules;
mod store;
mod subject;
mod task_lists;
mod types;
mod uncovered;
mod update;
mod waiting;

pub use accept::*;
pub use approve::*;
pub(in crate::features) use body::{task_body, task_patch};
pub(in crate::features) use by_link::{answer_task, task_of_email, tasks_of_member};
pub use cancel::*;
pub use checklist_items::*;
pub(in crate::features) use checklist_items::{
    create_later as create_checklists_later, new_checklist,
};
pub use claim::*;
pub use complete::*;
pub use create::*;
pub use decline::*;
pub use get::*;
pub use lapse::lapse_due_tasks;
pub(in crate::features) use lapse::lapses_at;
pub use list::*;
pub use list_reminders::*;
#[doc(hidden)]
pub use measured::write_page;
pub(in crate::features) use new_task::{
    COUNTED, NewTask, REMINDERS, check_may_create, check_room, check_topic, other,
};
pub use offer::*;
pub use reinstate::*;
pub use release::*;
pub use reopen::*;
pub(super) use rules::TaskVerb;
pub(in crate::features) use rules::default_topic;
pub(in crate::features) use store::check_list;
pub use task_lists::*;
pub use types::*;
pub use uncovered::uncovered_tasks;
pub use update::*;
pub use waiting::{open_task_offers, suggestions_to_approve};
