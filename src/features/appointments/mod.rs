//! Appointments: when and where something takes place, who comes, which help it needs, and how
//! it ends.
//!
//! An appointment is `proposed` until it is confirmed, then `scheduled`, and ends as
//! `completed`, `missed` or `canceled`. A canceled appointment can be reinstated. Each
//! attendee has one attendance with their response. `rules.rs` is the table of who may do what
//! in which state. A verb that is in effect already returns the appointment as it is.
//!
//! Each operation has a file, like `reschedule.rs` for `reschedule_appointment`.
//! `whole.rs` holds an appointment with everything that follows it, which `around.rs` reads, and writes
//! that with the commit.
//! `notifications.rs` says who is told of what, `release.rs` takes a member who leaves off the
//! appointments to come. `brief.rs` shows in one answer what people need for it, and `agenda_items`
//! is the agenda of a family meeting. The needs of an appointment are in
//! [`needs`](crate::features::needs), and follow it. The questions for the care team that are planned
//! for it are in [`questions`](crate::features::questions).

mod agenda_items;
mod around;
mod attendees;
mod body;
mod brief;
mod by_link;
mod cancel;
mod complete;
mod confirm;
mod create;
mod get;
mod list;
mod list_reminders;
pub(super) mod locked;
mod mark_missed;
mod notifications;
mod reinstate;
mod release;
mod reschedule;
pub(super) mod rules;
pub(super) mod store;
mod subject;
mod types;
mod update;
mod waiting;
mod whole;

pub use agenda_items::*;
pub use attendees::*;
pub(in crate::features) use body::{appointment_body, appointment_patch};
pub use brief::*;
pub(in crate::features) use by_link::{
    answer_appointment, appointment_of_email, appointments_of_member,
};
pub use cancel::*;
pub use complete::*;
pub use confirm::*;
pub use create::*;
pub use get::*;
pub use list::*;
pub use list_reminders::*;
pub use mark_missed::*;
pub use reinstate::*;
pub use reschedule::*;
pub(in crate::features) use rules::default_topic;
pub(in crate::features) use store::{check_attendees, first_answer, unique};
pub(in crate::features) use subject::calendar_entry;
pub use types::*;
pub use update::*;
pub use waiting::{is_on, unanswered_appointments};
