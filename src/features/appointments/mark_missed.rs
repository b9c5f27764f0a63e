//! `mark_appointment_missed`: an appointment did not take place. Its needs end.

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

/// Mark an appointment as missed.
///
/// Says that the appointment did not take place. Its reminders are canceled and its needs end.
/// Members who claimed a need that is not over yet, or to whom it is offered, are told that it is
/// canceled. Nobody else is told. What they claimed does not count as completed in their workload. The
/// questions that are planned for it are drafts again.
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
    let mut appointment = WholeAppointment::open(&app, &circle, path.appointment_id).await?;
    let locked = &mut appointment.locked;
    if locked.check_unless_in_effect(AppointmentVerb::MarkMissed)? {
        locked.check_begun("The appointment has not started yet. Cancel it instead.")?;
        let mut row = locked.row.clone().into_active_model();
        row.state = Set(AppointmentState::Missed);
        locked
            .save_later(AppointmentVerb::MarkMissed, row, vec!["state"])
            .await?;
        let before = appointment.needs.clone();
        let told = appointment.notifications_to_takers(NotificationKind::Canceled, &before);
        let is_open = |need: &need::Model| need.state == NeedState::Open;
        appointment.move_needs_to(NeedState::Past, is_open).await?;
        appointment.return_questions().await?;
        appointment.plan().await?;
        notify(&appointment.locked.write, told).await?;
    }
    appointment.respond().await
}
