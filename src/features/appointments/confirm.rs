//! `confirm_appointment`: a proposed appointment is certain now. Reminders are sent from then on.

use super::locked::LockedAppointment;
use super::notifications::notify_takers;
use super::rules::AppointmentVerb;
use super::types::{Appointment, AppointmentPath};
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::appointment::AppointmentState;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::features::needs;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Confirm a proposed appointment.
///
/// Makes it a scheduled appointment. From now on its attendees are reminded. Every member who sees
/// the appointment is told, and every member who was offered or claimed one of its needs.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can confirm appointments, and
///   only with the level `write` for the topic.
/// - 409 `invalid_transition`: the appointment is completed, missed or canceled.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/confirm",
    tag = "appointments", params(CirclePath, AppointmentPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn confirm_appointment(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
) -> Result<Resource<Appointment>, Problem> {
    let mut appointment = LockedAppointment::open(&app, &circle, path.appointment_id).await?;
    if appointment.check_unless_in_effect(AppointmentVerb::Confirm)? {
        let state = AppointmentState::Scheduled;
        appointment
            .save_state(AppointmentVerb::Confirm, state)
            .await?;
        needs::plan_needs(&appointment.write, &appointment.row).await?;
        appointment.plan_for_participants().await?;
        notify_takers(&appointment, NotificationKind::Scheduled, &[]).await?;
        appointment
            .notify_everyone(NotificationKind::Scheduled, None)
            .await?;
    }
    appointment.respond().await
}
