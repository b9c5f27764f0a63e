//! `add_attendees`: adds attendees and asks them whether they come. `remove.rs` removes
//! them.

use super::super::locked::LockedAppointment;
use super::super::rules::AppointmentVerb;
use super::super::store;
use super::super::subject::item_of;
use super::super::types::{AddAttendeesRequest, Appointment, AppointmentPath};
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::attendance;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::features::participation::put_part;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::notifications;
use crate::notify::reminders;
use crate::problem::Problem;

/// Add attendees to an appointment.
///
/// Asks members whether they come. If you add yourself, you have accepted. Members who are
/// attendees already keep their response. The new attendees are told.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can add attendees, and only
///   with the level `write` for the topic.
/// - 409 `invalid_transition`: the appointment is completed, missed or canceled.
/// - 422 `unknown_member`: no active member of this circle has this id.
/// - 422 `member_cannot_take_part`: the member does not see the topic of the appointment.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/attendees",
    tag = "appointments", params(CirclePath, AppointmentPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn add_attendees(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
    Json(asked): Json<AddAttendeesRequest>,
) -> Result<Resource<Appointment>, Problem> {
    let mut appointment = LockedAppointment::open(&app, &circle, path.appointment_id).await?;
    appointment.check(AppointmentVerb::AddAttendees)?;
    let members = store::unique(asked.member_ids.clone());
    store::check_attendees(
        &appointment.write,
        "/member_ids",
        &asked.member_ids,
        appointment.row.topic,
    )
    .await?;
    let is_part = |member| {
        appointment
            .related
            .iter()
            .any(|attendance| attendance.member_id == member)
    };
    let new: Vec<_> = members.into_iter().filter(|id| !is_part(*id)).collect();
    if new.is_empty() {
        return appointment.respond().await;
    }
    for member in &new {
        let answer = store::first_answer(&appointment.write, *member);
        let (write, row) = (&appointment.write, &appointment.row);
        put_part::<attendance::Entity>(write, row, &[], *member, answer).await?;
    }
    let item = item_of(&appointment.row);
    let me = appointment.write.actor();
    let (caller, others): (Vec<_>, Vec<_>) =
        new.iter().copied().partition(|member| me == Some(*member));
    if !caller.is_empty() {
        reminders::plan_for_takers(&appointment.write, &item, &caller).await?;
    }
    reminders::plan_for_asked(&appointment.write, &item, &others).await?;
    appointment.touch().await?;
    appointment
        .log(AppointmentVerb::AddAttendees, vec!["attendees"])
        .await?;
    let notification = appointment.notification(NotificationKind::Offered).to(new);
    notifications::notify(&appointment.write, vec![notification]).await?;
    appointment.respond().await
}
