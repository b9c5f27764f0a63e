//! `reinstate_appointment`: undoes `cancel_appointment`. Its needs are open again, for the same
//! members.

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

/// Reinstate a canceled appointment.
///
/// Makes it proposed or scheduled again, as it was before. Its needs are open again, and members
/// who claimed one of them still have it. Its reminders are planned again. Every member who sees
/// the appointment is told, and every member who was offered or claimed one of its needs.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can reinstate appointments,
///   and only with the level `write` for the topic.
/// - 409 `invalid_transition`: the appointment is not canceled.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/reinstate",
    tag = "appointments", params(CirclePath, AppointmentPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn reinstate_appointment(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
) -> Result<Resource<Appointment>, Problem> {
    let mut appointment = LockedAppointment::open(&app, &circle, path.appointment_id).await?;
    let was = appointment.row.canceled_from;
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
