//! `cancel_appointment`: cancels an appointment. Its needs wait in case it is reinstated.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::locked::LockedAppointment;
use super::notifications::notify_takers;
use super::rules::AppointmentVerb;
use super::types::{Appointment, AppointmentPath};
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::appointment::AppointmentState;
use crate::entity::need::NeedState;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::features::needs;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;
use crate::schedule::when::moment_of_appointment;

/// Cancel an appointment.
///
/// Cancels its reminders as well. Its needs wait on hold, in case it is reinstated. Every member
/// who sees the appointment is told, and every member who was offered or claimed one of its needs.
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
    let mut appointment = LockedAppointment::open(&app, &circle, path.appointment_id).await?;
    if appointment.check_unless_in_effect(AppointmentVerb::Cancel)? {
        let mut row = appointment.row.clone().into_active_model();
        row.canceled_from = Set(Some(appointment.row.state));
        row.state = Set(AppointmentState::Canceled);
        appointment
            .save_and_plan(AppointmentVerb::Cancel, row, vec!["state"])
            .await?;
        let open = needs::needs_in(&appointment.write, appointment.row.id, NeedState::Open).await?;
        notify_takers(&appointment, NotificationKind::Canceled, &open).await?;
        needs::follow_state(&mut appointment.write, open, NeedState::OnHold).await?;
        needs::plan_needs(&appointment.write, &appointment.row).await?;
        let was = moment_of_appointment(&appointment.row);
        appointment
            .notify_everyone(NotificationKind::Canceled, was)
            .await?;
    }
    appointment.respond().await
}
