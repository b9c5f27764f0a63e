//! `add_attendees`: adds attendees and asks them whether they come. `remove.rs` removes
//! them.

use super::super::rules::AppointmentVerb;
use super::super::store;
use super::super::subject::item_of;
use super::super::types::{AddAttendeesRequest, Appointment, AppointmentPath};
use super::super::whole::WholeAppointment;
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::attendance;
use crate::entity::ids::MemberId;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::features::participation::part_of;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::notifications::{People, notify_people};
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
    let mut appointment = WholeAppointment::open(&app, &circle, path.appointment_id).await?;
    appointment.locked.check(AppointmentVerb::AddAttendees)?;
    let people = People::read(&appointment.locked.write).await?;
    let topic = appointment.locked.row.topic;
    store::check_attendees(&people, "/member_ids", &asked.member_ids, topic)?;
    let attendees = &appointment.locked.related;
    let is_part = |member: &MemberId| part_of::<attendance::Entity>(attendees, *member).is_some();
    let mut new = store::unique(asked.member_ids);
    new.retain(|member| !is_part(member));
    if new.is_empty() {
        return appointment.respond().await;
    }
    for member in &new {
        let answer = store::first_answer(&appointment.locked.write, *member);
        appointment.add_attendee(&people, *member, answer)?;
    }
    let item = item_of(&appointment.locked.row);
    let me = appointment.locked.write.actor();
    let (caller, others): (Vec<_>, Vec<_>) =
        new.iter().copied().partition(|member| me == Some(*member));
    let mut newcomers = reminders::newcomers(&item, &caller, true);
    newcomers.extend(reminders::newcomers(&item, &others, false));
    appointment.plan_attendees(&newcomers).await?;
    let locked = &mut appointment.locked;
    locked.touch_later()?;
    locked
        .log(AppointmentVerb::AddAttendees, vec!["attendees"])
        .await?;
    let notification = locked.notification(NotificationKind::Offered).to(new);
    notify_people(&locked.write, vec![notification], Some(people)).await?;
    appointment.respond().await
}
