//! Roles: who carries what, since when, and who carried it before.
//!
//! A role is `active` or `retired`. A member's part in it, the role assignment, is offered
//! until it is accepted, declined or withdrawn; an active one ends. Those that ended stay:
//! they are the role's timeline. `rules.rs` is the table of who may do what in which state.
//! A verb that is in effect already answers with the role as it is.
//!
//! Each operation on a role has a file, like `offer.rs` for `offer_role`; what happens to one
//! person's part is in `role_assignments`. `patient_part.rs` is what the patient keeps of a
//! role that was theirs, `over.rs` the job that ends parts whose last day is over.

mod create;
mod list;
mod locked;
mod offer;
mod over;
mod patient_part;
mod read;
mod read_timeline;
mod retire;
mod revive;
mod role_assignments;
mod rules;
mod store;
mod subject;
mod take;
mod types;
mod update;
mod waiting;

pub use create::*;
pub use list::*;
pub use offer::*;
pub use over::end_what_is_over;
pub use read::*;
pub use read_timeline::*;
pub use retire::*;
pub use revive::*;
pub use role_assignments::*;
pub use rules::{open_parts, title};
pub use store::{held_by, patient_of, today, touch};
pub use take::*;
pub use types::*;
pub use update::*;
pub use waiting::open_role_offers;
