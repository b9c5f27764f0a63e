//! `invite_to_appointment`: adds attendees, who are asked whether they come. `uninvite.rs` removes
//! them.

use super::locked::LockedAppointment;
use super::rules::AppointmentVerb;
use super::store;
use super::subject::item_of;
use super::types::{Appointment, AppointmentPath, AttendeeIds};
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::attendance;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_token::TokenScope;
use crate::features::participation::put_part;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::notifications;
use crate::notify::reminders;
use crate::problem::Problem;

/// Ask people to come to an appointment.
///
/// They must see its topic. Whoever is part of it already stays as they are.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/invite",
    tag = "appointments", params(CirclePath, AppointmentPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn invite_to_appointment(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
    Json(asked): Json<AttendeeIds>,
) -> Result<Resource<Appointment>, Problem> {
    let mut appointment = LockedAppointment::open(&app, &circle, path.appointment_id).await?;
    appointment.check(AppointmentVerb::Invite)?;
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
        .log(AppointmentVerb::Invite, vec!["attendees"])
        .await?;
    let notification = appointment.notification(NotificationKind::Offered).to(new);
    notifications::notify(&appointment.write, vec![notification]).await?;
    appointment.respond().await
}
