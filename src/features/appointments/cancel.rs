//! `cancel_appointment`: calls an appointment off. Its needs wait in case it is reinstated.

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
use crate::entity::personal_token::TokenScope;
use crate::features::needs;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;
use crate::schedule::when::moment_of_appointment;

/// Cancel an appointment.
///
/// Everybody is told; its reminders are cancelled, its needs wait in case it
/// is reinstated.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/cancel",
    tag = "appointments", params(CirclePath, AppointmentPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
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
        row.cancelled_from = Set(Some(appointment.row.state));
        row.state = Set(AppointmentState::Cancelled);
        appointment
            .save_and_plan(AppointmentVerb::Cancel, row, vec!["state"])
            .await?;
        let open = needs::needs_in(&appointment.write, appointment.row.id, NeedState::Open).await?;
        notify_takers(&appointment, NotificationKind::Cancelled, &open).await?;
        needs::follow_state(&mut appointment.write, open, NeedState::OnHold).await?;
        needs::plan_needs(&appointment.write, &appointment.row).await?;
        let was = moment_of_appointment(&appointment.row);
        appointment
            .notify_everyone(NotificationKind::Cancelled, was)
            .await?;
    }
    appointment.respond().await
}
