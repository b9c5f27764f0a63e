//! The members of a circle, and what each of them may see.
//!
//! Each operation is in the file of its verb: `suspend_member` is in `suspend.rs`.
//! `rules.rs` says who may do what to whom.
//!
//! - `departure`: what suspending, removing and leaving have in common. `join`: how
//!   people become members.
//! - `topic_grants`: who sees which topic; `update_topics` sets it, `end_topic_grants`
//!   ends levels that were set until a moment.
//! - `coordinators`: a circle always needs a coordinator.
//! - `managed`: members without an account, for whom others act; `personal_link`: the link that shows
//!   them what they have to do.

mod coordinators;
mod departure;
mod end_topic_grants;
mod get;
mod join;
mod leave;
mod list;
mod locked;
mod managed;
mod personal_link;
mod reinstate;
mod remove;
mod rules;
mod store;
mod subject;
mod suspend;
mod topic_grants;
mod types;
mod update;
mod update_topics;

pub(crate) use coordinators::{
    account_is_in_use, end_deputy, has_another_coordinator, has_others, promote_deputy,
};
pub(super) use coordinators::{
    account_state, check_account, coordinators_and, make_coordinator, refuse_without_account,
};
pub(crate) use departure::release_everything;
pub use departure::{Departure, DepartureRequest};
pub use end_topic_grants::end_grants;
pub use get::*;
pub(super) use join::{
    NewMember, add_member, find_former_member, find_member_with_address, put_member, refuse_member,
};
pub use leave::*;
pub use list::*;
pub use managed::*;
pub(super) use personal_link::void_links;
pub use personal_link::*;
pub use reinstate::*;
pub use remove::*;
pub(super) use store::describe_member;
pub use suspend::*;
pub use types::*;
pub use update::*;
pub use update_topics::*;
