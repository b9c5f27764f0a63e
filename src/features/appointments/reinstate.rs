//! `reinstate_appointment`: undoes `cancel_appointment`. Its needs are open again, for the same
//! members.

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
    let mut appointment = WholeAppointment::open(&app, &circle, path.appointment_id).await?;
    let locked = &mut appointment.locked;
    let was = locked.row.canceled_from;
    let was = was.unwrap_or(AppointmentState::Scheduled);
    if ![was, AppointmentState::Scheduled].contains(&locked.row.state) {
        locked.check(AppointmentVerb::Reinstate)?;
        let mut row = locked.row.clone().into_active_model();
        row.state = Set(was);
        // Its series may have canceled it, and would do so again.
        row.is_exception = Set(locked.row.series_id.is_some());
        locked
            .save_later(AppointmentVerb::Reinstate, row, vec!["state"])
            .await?;
        let waits = |need: &need::Model| need.state == NeedState::OnHold;
        appointment.move_needs_to(NeedState::Open, waits).await?;
        appointment.plan_for_participants().await?;
        let kind = NotificationKind::Reinstated;
        let mut told = appointment.notifications_to_takers(kind, &[]);
        told.push(appointment.locked.to_everyone(kind, None));
        notify(&appointment.locked.write, told).await?;
    }
    appointment.respond().await
}
