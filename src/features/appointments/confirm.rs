//! `confirm_appointment`: a proposed appointment is fixed. People are reminded from then on.

use super::locked::LockedAppointment;
use super::notifications::notify_takers;
use super::rules::AppointmentVerb;
use super::types::{Appointment, AppointmentPath};
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::appointment::AppointmentState;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_token::TokenScope;
use crate::features::needs;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Confirm a proposed appointment.
///
/// From now on people are reminded.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/confirm",
    tag = "appointments", params(CirclePath, AppointmentPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
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
