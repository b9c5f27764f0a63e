//! The people of a circle, and what each may see.
//!
//! Each operation is in the file of its verb: `suspend_member` is in `suspend.rs`. `rules.rs`
//! is the table of who may do what to whom.
//!
//! - `departure`: what suspending, removing and leaving have in common. `join`: how people
//!   become members.
//! - `topic_grants`: who sees which topic; `grant_topics` sets it, `end_topic_grants` ends
//!   what was granted until a moment.
//! - `coordinators`: somebody must always be there to coordinate.

mod coordinators;
mod departure;
mod end_topic_grants;
mod grant_topics;
mod join;
mod leave;
mod list;
mod locked;
mod read;
mod reinstate;
mod remove;
mod rules;
mod store;
mod suspend;
mod topic_grants;
mod types;
mod update;

pub(crate) use coordinators::{has_another_coordinator, has_others};
pub(crate) use departure::release_everything;
pub use departure::{Departed, Departure};
pub use end_topic_grants::{end_grants, keep_ending_grants};
pub use grant_topics::*;
pub(super) use join::{NewMember, add_member, find_former_member};
pub use leave::*;
pub use list::*;
pub use read::*;
pub use reinstate::*;
pub use remove::*;
pub(super) use store::describe_member;
pub use suspend::*;
pub use types::*;
pub use update::*;
