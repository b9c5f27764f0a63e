//! `confirm_appointment`: a proposed appointment is certain now. Reminders are sent from then on.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::rules::AppointmentVerb;
use super::types::{Appointment, AppointmentPath};
use super::whole::WholeAppointment;
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::appointment::AppointmentState;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::notify::notifications::notify;
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
    let mut appointment = WholeAppointment::open(&app, &circle, path.appointment_id).await?;
    let locked = &mut appointment.locked;
    if locked.check_unless_in_effect(AppointmentVerb::Confirm)? {
        let mut row = locked.row.clone().into_active_model();
        row.state = Set(AppointmentState::Scheduled);
        locked
            .save_later(AppointmentVerb::Confirm, row, vec!["state"])
            .await?;
        appointment.plan_for_participants().await?;
        let kind = NotificationKind::Scheduled;
        let mut told = appointment.notifications_to_takers(kind, &[]);
        told.push(appointment.locked.to_everyone(kind, None));
        notify(&appointment.locked.write, told).await?;
    }
    appointment.respond().await
}
