//! `remove_attendee`: removes an attendee. `add.rs` adds them.

use super::super::locked::LockedAppointment;
use super::super::rules::AppointmentVerb;
use super::super::types::AttendeePath;
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::NoContent;
use crate::notify::notifications::notify;
use crate::notify::reminders;
use crate::notify::subject::SubjectId;
use crate::problem::Problem;

/// Remove an attendee from an appointment.
///
/// A removed attendee is not reminded any more, and is told once, unless they had declined.
/// `If-Match` names the version of the appointment.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can remove attendees, and only
///   with the level `write` for the topic.
/// - 404 `not_found`: you do not see the appointment, or the member is not an attendee.
/// - 409 `invalid_transition`: the appointment is completed, missed or canceled.
#[utoipa::path(
    delete, path = "/circles/{circle_id}/appointments/{appointment_id}/attendees/{member_id}",
    tag = "appointments", params(CirclePath, AttendeePath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = NO_CONTENT, description = "The member is no attendee any more"), Problem),
)]
pub async fn remove_attendee(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AttendeePath>,
) -> Result<NoContent, Problem> {
    let member = path.member_id.resolve(circle.scope())?;
    let mut appointment = LockedAppointment::open(&app, &circle, path.appointment_id).await?;
    appointment.check_right(AppointmentVerb::RemoveAttendee)?;
    let mut attendees = appointment.related.iter();
    let attendee = attendees.find(|attendee| attendee.member_id == member);
    let removed = attendee.cloned().ok_or(Problem::NotFound)?;
    appointment.check(AppointmentVerb::RemoveAttendee)?;
    let subject = SubjectId::Appointment(appointment.row.id);
    reminders::cancel_for_members(&appointment.write, subject, &[member]).await?;
    let told = appointment.remove_attendees(&[removed]);
    notify(&appointment.write, told).await?;
    appointment.touch_later()?;
    appointment
        .log(AppointmentVerb::RemoveAttendee, vec!["attendees"])
        .await?;
    appointment.write.commit(NoContent).await
}
