//! `cancel_appointment`: cancels an appointment. Its needs wait in case it is reinstated.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::rules::AppointmentVerb;
use super::types::{Appointment, AppointmentPath};
use super::whole::WholeAppointment;
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::appointment::AppointmentState;
use crate::entity::need::{self, NeedState};
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::notify::notifications::notify;
use crate::problem::Problem;
use crate::schedule::when::moment_of_appointment;

/// Cancel an appointment.
///
/// Cancels its reminders as well. Its needs wait on hold, in case it is reinstated. Every member
/// who sees the appointment is told, and every member who was offered or claimed one of its needs.
/// The questions that are planned for it are drafts again.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can cancel appointments, and
///   only with the level `write` for the topic.
/// - 409 `invalid_transition`: the appointment is completed or missed.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/cancel",
    tag = "appointments", params(CirclePath, AppointmentPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn cancel_appointment(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
) -> Result<Resource<Appointment>, Problem> {
    let mut appointment = WholeAppointment::open(&app, &circle, path.appointment_id).await?;
    let locked = &mut appointment.locked;
    if locked.check_unless_in_effect(AppointmentVerb::Cancel)? {
        let mut row = locked.row.clone().into_active_model();
        row.canceled_from = Set(Some(locked.row.state));
        row.state = Set(AppointmentState::Canceled);
        row.is_exception = Set(locked.row.series_id.is_some());
        locked
            .save_later(AppointmentVerb::Cancel, row, vec!["state"])
            .await?;
        let kind = NotificationKind::Canceled;
        let before = appointment.needs.clone();
        let mut told = appointment.notifications_to_takers(kind, &before);
        let is_open = |need: &need::Model| need.state == NeedState::Open;
        appointment
            .move_needs_to(NeedState::OnHold, is_open)
            .await?;
        appointment.return_questions().await?;
        appointment.plan().await?;
        let was = moment_of_appointment(&appointment.locked.row);
        told.push(appointment.locked.to_everyone(kind, was));
        notify(&appointment.locked.write, told).await?;
    }
    appointment.respond().await
}
