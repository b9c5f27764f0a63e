//! `uninvite_from_appointment`: removes attendees. `invite.rs` adds them.

use super::locked::LockedAppointment;
use super::rules::AppointmentVerb;
use super::types::{Appointment, AppointmentPath, AttendeeIds};
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::personal_token::TokenScope;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::problem::Problem;

/// Say that people need not come to an appointment.
///
/// They are no part of it any more, and not reminded. They are told once.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/uninvite",
    tag = "appointments", params(CirclePath, AppointmentPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn uninvite_from_appointment(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
    Json(asked): Json<AttendeeIds>,
) -> Result<Resource<Appointment>, Problem> {
    let mut appointment = LockedAppointment::open(&app, &circle, path.appointment_id).await?;
    appointment.check(AppointmentVerb::Uninvite)?;
    let mut removed = appointment.related.clone();
    removed.retain(|attendance| asked.member_ids.contains(&attendance.member_id));
    if removed.is_empty() {
        return appointment.respond().await;
    }
    appointment.remove_attendees(removed).await?;
    appointment.touch().await?;
    appointment
        .log(AppointmentVerb::Uninvite, vec!["attendees"])
        .await?;
    appointment.respond().await
}
