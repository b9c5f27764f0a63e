//! `mark_appointment_missed`: an appointment did not take place. Its needs end.

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

/// Mark an appointment as missed.
///
/// Says that the appointment did not take place. Its reminders are canceled and its needs end.
/// Members who claimed a need that is not over yet, or to whom it is offered, are told that it is
/// canceled. Nobody else is told.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can mark appointments as
///   missed, and only with the level `write` for the topic.
/// - 409 `too_early`: the appointment has not started yet. Cancel it instead: then every member
///   who sees it is told.
/// - 409 `invalid_transition`: the appointment is proposed, completed or canceled.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/mark-missed",
    tag = "appointments", params(CirclePath, AppointmentPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn mark_appointment_missed(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
) -> Result<Resource<Appointment>, Problem> {
    let mut appointment = LockedAppointment::open(&app, &circle, path.appointment_id).await?;
    if appointment.check_unless_in_effect(AppointmentVerb::MarkMissed)? {
        appointment.check_begun("The appointment has not started yet. Cancel it instead.")?;
        let state = AppointmentState::Missed;
        appointment
            .save_state(AppointmentVerb::MarkMissed, state)
            .await?;
        let open = needs::needs_in(&appointment.write, appointment.row.id, NeedState::Open).await?;
        notify_takers(&appointment, NotificationKind::Canceled, &open).await?;
        needs::follow_state(&mut appointment.write, open, NeedState::Past).await?;
        needs::plan_needs(&appointment.write, &appointment.row).await?;
    }
    appointment.respond().await
}
