//! Appointments: when and where something is to be, who comes, what it needs of others, and
//! what becomes of it.
//!
//! An appointment is `proposed` until it is confirmed, then `scheduled`, and ends as
//! `completed`, `did_not_happen` or `cancelled`; a cancelled one can be reinstated. Each
//! member who is asked to come has one attendance with their answer. `rules.rs` is the table
//! of who may do what in which state. A verb that is in effect already answers with the
//! appointment as it is.
//!
//! Each operation has a file, like `reschedule.rs` for `reschedule_appointment`.
//! `notifications.rs` says who is told of what, `release.rs` takes a member who leaves off the
//! appointments to come. What an appointment needs is in
//! [`needs`](crate::features::needs), and follows it.

mod answer;
mod cancel;
mod complete;
mod confirm;
mod invite;
mod list;
mod list_reminders;
pub(super) mod locked;
mod mark_missed;
mod notifications;
mod read;
mod reinstate;
mod release;
mod reschedule;
pub(super) mod rules;
mod schedule;
pub(super) mod store;
mod subject;
mod types;
mod uninvite;
mod update;
mod waiting;

pub use answer::*;
pub use cancel::*;
pub use complete::*;
pub use confirm::*;
pub use invite::*;
pub use list::*;
pub use list_reminders::*;
pub use mark_missed::*;
pub use read::*;
pub use reinstate::*;
pub use reschedule::*;
pub use schedule::*;
pub use types::*;
pub use uninvite::*;
pub use update::*;
pub use waiting::{is_on, unanswered_attendances};
