//! Who comes: asked by whoever schedules, answered by each for themselves.

use super::locked::LockedAppointment;
use super::rules::AppointmentVerb;
use super::store;
use super::subject::item_of;
use super::types::{Appointment, AppointmentPath, AttendeeIds, NewAnswer};
use crate::access::{AnswerInvitations, CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::attendance::{self, AttendanceAnswer};
use crate::entity::ids::MemberId;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_token::TokenScope;
use crate::features::participation::put_part;
use crate::http::extract::{Json, Path};
use crate::http::response::Found;
use crate::notify::notifications;
use crate::notify::reminders;
use crate::notify::subject::SubjectId;
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
) -> Result<Found<Appointment>, Problem> {
    let mut appointment = LockedAppointment::open(&app, &circle, path.appointment_id).await?;
    appointment.check(AppointmentVerb::Invite)?;
    let members = super::unique(asked.member_ids.clone());
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
        let answer = super::first_answer(&appointment.write, *member);
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

/// Say that people need not come to an appointment.
///
/// They are no part of it any more, and not reminded. They are told once.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/uninvite",
    tag = "appointments", params(CirclePath, AppointmentPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn uninvite_from_appointment(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
    Json(asked): Json<AttendeeIds>,
) -> Result<Found<Appointment>, Problem> {
    let mut appointment = LockedAppointment::open(&app, &circle, path.appointment_id).await?;
    appointment.check(AppointmentVerb::Uninvite)?;
    let mut gone = appointment.related.clone();
    gone.retain(|attendance| asked.member_ids.contains(&attendance.member_id));
    if gone.is_empty() {
        return appointment.respond().await;
    }
    appointment.take_off(gone).await?;
    appointment.touch().await?;
    appointment
        .log(AppointmentVerb::Uninvite, vec!["attendees"])
        .await?;
    appointment.respond().await
}

/// Answer whether one comes to an appointment.
///
/// Everybody who sees an appointment may, asked or not; until it is over, as often
/// as it changes. Something you have taken on for the same time, in any circle, is
/// 409 `overlap` when you accept, unless you send `allow_overlap`.
///
/// When you decline, or say `tentative` after you had accepted, the person who asked you
/// is told; less than a day before its start the coordinators too, and if nobody else
/// would be told, those who could come.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/answer",
    tag = "appointments", params(CirclePath, AppointmentPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn answer_appointment(
    app: App,
    circle: CircleAccess<AnswerInvitations>,
    Path(path): Path<AppointmentPath>,
    Json(new): Json<NewAnswer>,
) -> Result<Found<Appointment>, Problem> {
    let mut appointment = LockedAppointment::open(&app, &circle, path.appointment_id).await?;
    appointment.check(AppointmentVerb::Answer)?;
    let answer = new.answer;
    if answer == AttendanceAnswer::NeedsAction {
        let detail = "Answer accepted, declined or tentative.";
        return Err(Problem::field("/answer", "no_answer", detail));
    }
    let me = appointment
        .write
        .scope()
        .member_id()
        .ok_or(Problem::NotFound)?;
    let before = appointment.my_state();
    if before != Some(answer) {
        if answer == AttendanceAnswer::Accepted {
            appointment.check_overlap(new.allow_overlap).await?;
        }
        let takes_back = before == Some(AttendanceAnswer::Accepted);
        let kind = match answer {
            AttendanceAnswer::Declined => Some(NotificationKind::Declined),
            AttendanceAnswer::Tentative if takes_back => Some(NotificationKind::Unsure),
            _ => None,
        };
        if let Some(kind) = kind {
            appointment.notify_who_relied(kind).await?;
        }
        let (write, row) = (&appointment.write, &appointment.row);
        put_part::<attendance::Entity>(write, row, &appointment.related, me, answer).await?;
        follow_answer(&appointment, me, answer).await?;
        appointment.touch().await?;
        appointment
            .log(AppointmentVerb::Answer, vec!["attendees"])
            .await?;
    }
    appointment.respond().await
}

/// Reminds who comes, and who perhaps does, and nobody else.
async fn follow_answer(
    appointment: &LockedAppointment,
    member: MemberId,
    answer: AttendanceAnswer,
) -> Result<(), Problem> {
    let item = item_of(&appointment.row);
    match answer {
        AttendanceAnswer::Accepted => {
            reminders::plan_for_takers(&appointment.write, &item, &[member]).await
        }
        AttendanceAnswer::Tentative | AttendanceAnswer::NeedsAction => {
            reminders::plan_for_asked(&appointment.write, &item, &[member]).await
        }
        AttendanceAnswer::Declined => {
            let subject = SubjectId::Appointment(appointment.row.id);
            reminders::forget_parts(&appointment.write, subject, &[member]).await
        }
    }
}

impl LockedAppointment {
    /// Takes people off it who came or were asked to, and tells them.
    pub(super) async fn take_off(&mut self, gone: Vec<attendance::Model>) -> Result<(), Problem> {
        let members: Vec<_> = gone.iter().map(|attendance| attendance.member_id).collect();
        let subject = SubjectId::Appointment(self.row.id);
        reminders::forget_parts(&self.write, subject, &members).await?;
        let mut notifications = Vec::new();
        for attendance in gone {
            self.write
                .delete_in_circle::<attendance::Entity>(&attendance)
                .await?;
            notifications.extend(store::taken_off(&self.write, &self.row, &attendance));
            self.related.retain(|other| other.id != attendance.id);
        }
        notifications::notify(&self.write, notifications).await
    }
}
