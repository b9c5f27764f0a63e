//! `reinstate_appointment`: undoes `cancel_appointment`, with its needs and the people who took
//! them.

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

/// Reinstate a cancelled appointment.
///
/// As it was, proposed or scheduled: its needs are open again, and the person who took
/// one still has it.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/reinstate",
    tag = "appointments", params(CirclePath, AppointmentPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn reinstate_appointment(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
) -> Result<Resource<Appointment>, Problem> {
    let mut appointment = LockedAppointment::open(&app, &circle, path.appointment_id).await?;
    let was = appointment.row.cancelled_from;
    let was = was.unwrap_or(AppointmentState::Scheduled);
    if ![was, AppointmentState::Scheduled].contains(&appointment.row.state) {
        appointment.check(AppointmentVerb::Reinstate)?;
        let mut row = appointment.row.clone().into_active_model();
        row.state = Set(was);
        appointment
            .save_and_plan(AppointmentVerb::Reinstate, row, vec!["state"])
            .await?;
        let on_hold =
            needs::needs_in(&appointment.write, appointment.row.id, NeedState::OnHold).await?;
        needs::follow_state(&mut appointment.write, on_hold, NeedState::Open).await?;
        needs::plan_needs(&appointment.write, &appointment.row).await?;
        appointment.plan_for_participants().await?;
        notify_takers(&appointment, NotificationKind::Reinstated, &[]).await?;
        appointment
            .notify_everyone(NotificationKind::Reinstated, None)
            .await?;
    }
    appointment.respond().await
}
