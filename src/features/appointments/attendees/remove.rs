//! `remove_attendee`: removes attendees. `add.rs` adds them.

use super::super::locked::LockedAppointment;
use super::super::rules::AppointmentVerb;
use super::super::types::{AddAttendeesRequest, Appointment, AppointmentPath};
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::problem::Problem;

/// Remove an attendee from an appointment.
///
/// A removed attendee is not reminded any more, and is told once, unless they had declined. A
/// member who is no attendee is ignored.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can remove attendees, and only
///   with the level `write` for the topic.
/// - 409 `invalid_transition`: the appointment is completed, missed or canceled.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/uninvite",
    tag = "appointments", params(CirclePath, AppointmentPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn remove_attendee(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
    Json(asked): Json<AddAttendeesRequest>,
) -> Result<Resource<Appointment>, Problem> {
    let mut appointment = LockedAppointment::open(&app, &circle, path.appointment_id).await?;
    appointment.check(AppointmentVerb::RemoveAttendee)?;
    let mut removed = appointment.related.clone();
    removed.retain(|attendance| asked.member_ids.contains(&attendance.member_id));
    if removed.is_empty() {
        return appointment.respond().await;
    }
    appointment.remove_attendees(removed).await?;
    appointment.touch().await?;
    appointment
        .log(AppointmentVerb::RemoveAttendee, vec!["attendees"])
        .await?;
    appointment.respond().await
}
