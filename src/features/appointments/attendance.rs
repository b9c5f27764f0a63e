//! Who comes: asked by whoever schedules, answered by each for themselves.

use super::hand::Hand;
use super::rules::Verb;
use super::store;
use super::types::{Appointment, AppointmentPath, AttendeeIds, NewAnswer};
use crate::access::{AnswerInvitations, CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::attendance::{self, AttendanceAnswer};
use crate::entity::ids::MemberId;
use crate::entity::notice::NoticeKind;
use crate::features::participation::{self, Commitment};
use crate::http::extract::{Json, Path};
use crate::http::response::Found;
use crate::notify::notifications;
use crate::notify::reminders::{self, Item, ItemId};
use crate::problem::Problem;

/// Ask people to come to an appointment.
///
/// They must see its topic. Whoever is part of it already stays as they are.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/invite",
    tag = "appointments", params(CirclePath, AppointmentPath),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn invite_to_appointment(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
    Json(asked): Json<AttendeeIds>,
) -> Result<Found<Appointment>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    hand.check(Verb::Invite)?;
    let members = super::unique(asked.member_ids.clone());
    store::check_attendees(
        &hand.write,
        "/member_ids",
        &asked.member_ids,
        hand.row.topic,
    )
    .await?;
    let is_part = |member| hand.attendances.iter().any(|held| held.member_id == member);
    let new: Vec<_> = members.into_iter().filter(|id| !is_part(*id)).collect();
    if new.is_empty() {
        return hand.answer().await;
    }
    for member in &new {
        let answer = super::first_answer(&hand.write, *member);
        store::put_answer(&hand.write, hand.row.id, &[], *member, answer).await?;
    }
    let item = Item::Appointment(hand.row.clone());
    let me = hand.write.actor();
    let (mine, others): (Vec<_>, Vec<_>) =
        new.iter().copied().partition(|member| me == Some(*member));
    if !mine.is_empty() {
        reminders::plan_for_takers(&hand.write, &item, &mine).await?;
    }
    reminders::plan_for_asked(&hand.write, &item, &others).await?;
    hand.touch().await?;
    hand.log("invited", vec!["attendees"]).await?;
    let news = hand.news(NoticeKind::Offered).to(new);
    notifications::tell(&hand.write, vec![news]).await?;
    hand.answer().await
}

/// Say that people need not come to an appointment.
///
/// They are no part of it any more, and not reminded. They are told once.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/uninvite",
    tag = "appointments", params(CirclePath, AppointmentPath),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn uninvite_from_appointment(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
    Json(asked): Json<AttendeeIds>,
) -> Result<Found<Appointment>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    hand.check(Verb::Uninvite)?;
    let mut gone = hand.attendances.clone();
    gone.retain(|held| asked.member_ids.contains(&held.member_id));
    if gone.is_empty() {
        return hand.answer().await;
    }
    hand.take_off(gone).await?;
    hand.touch().await?;
    hand.log("uninvited", vec!["attendees"]).await?;
    hand.answer().await
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
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn answer_appointment(
    app: App,
    circle: CircleAccess<AnswerInvitations>,
    Path(path): Path<AppointmentPath>,
    Json(said): Json<NewAnswer>,
) -> Result<Found<Appointment>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    hand.check(Verb::Answer)?;
    let answer = said.answer;
    if answer == AttendanceAnswer::NeedsAction {
        let detail = "Answer accepted, declined or tentative.";
        return Err(Problem::field("/answer", "no_answer", detail));
    }
    let me = hand.write.scope().member_id().ok_or(Problem::NotFound)?;
    let mut mine = hand.attendances.iter();
    let mine = mine.find(|held| held.member_id == me);
    let before = mine.map(|held| held.answer);
    if before != Some(answer) {
        if answer == AttendanceAnswer::Accepted
            && !said.allow_overlap
            && let Some(wanted) = Commitment::of_appointment(&hand.row)
        {
            participation::check_overlap(&hand.write, &wanted).await?;
        }
        let takes_back = before == Some(AttendanceAnswer::Accepted);
        let kind = match answer {
            AttendanceAnswer::Declined => Some(NoticeKind::Declined),
            AttendanceAnswer::Tentative if takes_back => Some(NoticeKind::Unsure),
            _ => None,
        };
        if let Some(kind) = kind {
            hand.tell_who_relied(me, kind).await?;
        }
        let held = &hand.attendances;
        store::put_answer(&hand.write, hand.row.id, held, me, answer).await?;
        follow_answer(&hand, me, answer).await?;
        hand.touch().await?;
        hand.log("answered", vec!["attendees"]).await?;
    }
    hand.answer().await
}

/// Reminds who comes, and who perhaps does, and nobody else.
async fn follow_answer(
    hand: &Hand,
    member: MemberId,
    answer: AttendanceAnswer,
) -> Result<(), Problem> {
    let item = Item::Appointment(hand.row.clone());
    match answer {
        AttendanceAnswer::Accepted => {
            reminders::plan_for_takers(&hand.write, &item, &[member]).await
        }
        AttendanceAnswer::Tentative | AttendanceAnswer::NeedsAction => {
            reminders::plan_for_asked(&hand.write, &item, &[member]).await
        }
        AttendanceAnswer::Declined => {
            let item = ItemId::Appointment(hand.row.id);
            reminders::forget_parts(&hand.write, item, &[member]).await
        }
    }
}

impl Hand {
    /// Takes people off it who came or were asked to, and tells them.
    pub(super) async fn take_off(&mut self, gone: Vec<attendance::Model>) -> Result<(), Problem> {
        let members: Vec<_> = gone.iter().map(|held| held.member_id).collect();
        let item = ItemId::Appointment(self.row.id);
        reminders::forget_parts(&self.write, item, &members).await?;
        let mut news = Vec::new();
        for held in gone {
            self.write
                .delete_in_circle::<attendance::Entity>(&held)
                .await?;
            news.extend(store::taken_off(&self.write, &self.row, &held));
            self.attendances.retain(|other| other.id != held.id);
        }
        notifications::tell(&self.write, news).await
    }

    /// Tells those who relied on somebody who was asked, or was going to come.
    async fn tell_who_relied(&self, member: MemberId, kind: NoticeKind) -> Result<(), Problem> {
        let mut held = self.attendances.iter();
        let Some(held) = held.find(|held| held.member_id == member) else {
            return Ok(());
        };
        let asked_by = held.created_by.filter(|asker| *asker != member);
        let news = self.news(kind).let_go_by(member, asked_by);
        notifications::tell(&self.write, vec![news]).await
    }
}
