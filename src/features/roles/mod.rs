//! Roles: who carries what, since when, and who carried it before.
//!
//! A role is `active` or `archived`. A member's part in it, the role assignment, is
//! offered until it is accepted, declined or withdrawn; an active one ends. Those that
//! ended stay, as the history of the role. `rules.rs` says who may do what in which
//! state. A verb that is in effect already answers with the role as it is.
//!
//! Each operation on a role has a file, such as `offer.rs` for `offer_role`; what happens
//! to one member's assignment is in `role_assignments`. `patient_part.rs` is what the
//! patient keeps of a role that was theirs, `end_expired.rs` the job that ends
//! assignments whose last day is over, `release.rs` what becomes of the roles of a
//! member who leaves, and `take_over.rs` how a member hands a role over to another.

mod archive;
mod claim;
mod create;
mod end_expired;
mod get;
mod list;
mod locked;
mod offer;
mod patient_part;
mod release;
mod role_assignments;
mod rules;
mod store;
mod subject;
mod take_over;
mod types;
mod unarchive;
mod uncovered;
mod update;
mod waiting;

pub use archive::*;
pub use claim::*;
pub use create::*;
pub use end_expired::end_expired_assignments;
pub use get::*;
pub use list::*;
pub use offer::*;
pub use release::release_roles;
pub use role_assignments::*;
pub(in crate::features) use rules::{default_title, title as title_of_role};
pub use store::carried_by;
pub use take_over::{HandedOverRole, keep_roles, notification_of_kept};
pub use types::*;
pub use unarchive::*;
pub use uncovered::uncovered_roles;
pub use update::*;
pub use waiting::open_role_offers;
