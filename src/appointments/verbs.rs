//! What happens to an appointment: moved, called off, held. Every verb that is
//! in effect already answers with the appointment as it is.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::needs;
use super::rules::{self, Verb};
use super::store;
use super::types::{Appointment, AppointmentOutcome, AppointmentPath, NewTime};
use super::when::{When, moment_of_appointment, moment_of_need};
use crate::access::{
    CircleAccess, CirclePath, CircleWrite, Needs, Permission, ScheduleAppointments,
};
use crate::answer::Found;
use crate::app::App;
use crate::changes::Change;
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::attendance::{self, AttendanceAnswer};
use crate::entity::ids::{MemberId, NeedId};
use crate::entity::need::{self, NeedState};
use crate::entity::need_commitment::CommitmentState;
use crate::entity::notice::NoticeKind;
use crate::extract::{Json, Path};
use crate::notices::{self, News};
use crate::problem::{Conflict, Problem};
use crate::reminders::{self, Item};
use crate::wall_time::{Moment, day_of};

/// An appointment in hand, with who is part of it, under the circle's lock.
pub(super) struct Hand {
    pub write: CircleWrite,
    pub row: appointment::Model,
    pub attendances: Vec<attendance::Model>,
}

impl Hand {
    pub async fn open<P: Needs>(
        app: &App,
        circle: &CircleAccess<P>,
        path: AppointmentPath,
    ) -> Result<Self, Problem> {
        let write = app.begin_write(circle).await?;
        let row = write
            .require::<appointment::Entity>(path.appointment_id)
            .await?;
        Self::of(write, row).await
    }

    pub async fn of(write: CircleWrite, row: appointment::Model) -> Result<Self, Problem> {
        let attendances = store::attendances_of(write.tx(), write.scope(), &[row.id]).await?;
        Ok(Self {
            write,
            row,
            attendances,
        })
    }

    /// Refuses what the caller may not do, has not seen, or does not fit.
    pub fn check(&self, verb: Verb) -> Result<(), Problem> {
        if !verb.allowed(self.write.scope(), &self.row) {
            return Err(Problem::Forbidden(Permission::ScheduleAppointments));
        }
        self.write.check_version(self.row.version)?;
        if verb.fits(self.row.state) {
            return Ok(());
        }
        let actions = rules::actions(self.write.scope(), &self.row);
        Err(Conflict::invalid_transition(self.row.state.as_str(), actions).into())
    }

    /// Whether it has begun: on a date, as soon as that is today for the caller or
    /// the circle.
    fn has_begun(&self) -> bool {
        let (scope, now) = (self.write.scope(), self.write.now());
        match self.row.starts_on {
            Some(day) => {
                let zones = [scope.reader_zone(), scope.time_zone()];
                zones.into_iter().any(|zone| day <= day_of(now, zone))
            }
            None => self.row.sort_at <= now,
        }
    }

    /// Refuses to say how something went that is still to come.
    fn check_begun(&self, detail: &'static str) -> Result<(), Problem> {
        if self.has_begun() {
            return Ok(());
        }
        Err(Conflict::of("too_early", detail).into())
    }

    /// Asks everybody anew who answered for another time; only the caller chose the
    /// new one.
    async fn ask_anew(&self) -> Result<(), Problem> {
        let scope = self.write.scope();
        let chose_it = |held: &attendance::Model| {
            held.answer == AttendanceAnswer::Accepted && scope.is_member(held.member_id)
        };
        for held in self.attendances.iter().filter(|held| !chose_it(held)) {
            let mut row = held.clone().into_active_model();
            row.answer = Set(AttendanceAnswer::NeedsAction);
            row.created_by = Set(self.write.actor());
            self.write.update::<attendance::Entity>(held, row).await?;
        }
        Ok(())
    }

    /// Plans the reminders of those who have a part in it as if they joined now: they
    /// said yes before it was on, and its time may be close.
    async fn plan_for_its_people(&self, app: &App) -> Result<(), Problem> {
        let of = |answers: &[AttendanceAnswer]| -> Vec<MemberId> {
            let its = self.attendances.iter();
            let its = its.filter(|held| answers.contains(&held.answer));
            its.map(|held| held.member_id).collect()
        };
        let coming = of(&[AttendanceAnswer::Accepted]);
        let asked = of(&[AttendanceAnswer::NeedsAction, AttendanceAnswer::Tentative]);
        let item = Item::Appointment(self.row.clone());
        reminders::plan_for_takers(app, &self.write, &item, &coming).await?;
        reminders::plan_for_asked(app, &self.write, &item, &asked).await?;
        needs::plan_for_holders(app, &self.write, &self.row).await
    }

    /// Counts the version up because a part changed.
    pub async fn touch(&mut self) -> Result<(), Problem> {
        self.row = store::touch(&self.write, &self.row).await?;
        Ok(())
    }

    pub async fn log(
        &mut self,
        verb: &'static str,
        fields: Vec<&'static str>,
    ) -> Result<(), Problem> {
        let change = Change::to::<appointment::Entity>(verb, &self.row).about(self.row.topic);
        self.write.log(change.fields(fields)).await
    }

    /// Writes the row and plans its reminders anew.
    pub async fn set(
        &mut self,
        app: &App,
        row: appointment::ActiveModel,
        verb: &'static str,
        fields: Vec<&'static str>,
    ) -> Result<(), Problem> {
        self.row = self
            .write
            .update::<appointment::Entity>(&self.row, row)
            .await?;
        let item = Item::Appointment(self.row.clone());
        reminders::plan(app, &self.write, &[item]).await?;
        self.log(verb, fields).await
    }

    async fn set_state(
        &mut self,
        app: &App,
        state: AppointmentState,
        verb: &'static str,
    ) -> Result<(), Problem> {
        let mut row = self.row.clone().into_active_model();
        row.state = Set(state);
        self.set(app, row, verb, vec!["state"]).await
    }

    /// Tells those who are part of it, and everybody else who sees it.
    pub async fn tell_everyone(
        &self,
        app: &App,
        kind: NoticeKind,
        was: Option<Moment>,
    ) -> Result<(), Problem> {
        self.tell_all(app, self.news(kind).was(was)).await
    }

    async fn tell_all(&self, app: &App, news: News) -> Result<(), Problem> {
        let part = self.attendances.iter().map(|held| held.member_id);
        notices::tell(app, &self.write, vec![news.to(part)]).await
    }

    pub fn news(&self, kind: NoticeKind) -> News {
        News::of_appointment(kind, &self.row, self.write.scope().time_zone())
    }

    pub async fn describe(&self) -> Result<Appointment, Problem> {
        store::describe(self.write.tx(), self.write.scope(), self.row.clone()).await
    }

    pub async fn answer(self) -> Result<Found<Appointment>, Problem> {
        let answer = self.describe().await?;
        self.write.commit(Found::new(answer)).await
    }
}

/// Reschedule an appointment.
///
/// It keeps its id. Everybody who answered is asked anew, its needs move along
/// and whoever took one is asked again; all are told the old and the new time.
/// What you yourself have accepted or taken stays yours: you chose the new time.
/// While it starts when it did, and only ends at another time, nobody is asked anew.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/reschedule",
    tag = "appointments", params(CirclePath, AppointmentPath),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn reschedule_appointment(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
    Json(time): Json<NewTime>,
) -> Result<Found<Appointment>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    hand.check(Verb::Reschedule)?;
    let before = hand.row.clone();
    let old = When::of_appointment(&before);
    let zone = hand.write.scope().time_zone().to_owned();
    let meant = old.zone().unwrap_or(&zone);
    let ends = match time.ends_local {
        Some(ends) => ends,
        None => old.end_after_as_long(time.starts_local),
    };
    let new = When::chosen(
        time.starts_on,
        time.starts_local,
        ends,
        time.time_zone,
        meant,
    )
    .map_err(Problem::Invalid)?;
    if new == old {
        return hand.answer().await;
    }

    let was = moment_of_appointment(&before);
    let starts_anew = new.moment(&zone) != was;
    let mut row = before.clone().into_active_model();
    new.write_to_appointment(&mut row, &zone);
    if starts_anew {
        hand.ask_anew().await?;
        row.schedule_version = Set(before.schedule_version + 1);
    }
    hand.set(&app, row, "rescheduled", vec!["starts", "ends"])
        .await?;
    let needs_before = needs::needs_of(&hand.write, before.id).await?;
    needs::move_needs(&mut hand.write, &before, &hand.row, &zone).await?;
    needs::plan_needs(&app, &hand.write, &hand.row).await?;
    tell_takers(&app, &hand, NoticeKind::Moved, &needs_before).await?;
    if starts_anew {
        let old = News::of_appointment(NoticeKind::Moved, &before, &zone);
        let news = hand.news(NoticeKind::Moved).was(was).instead_of(&old);
        hand.tell_all(&app, news).await?;
    }
    hand.answer().await
}

/// Confirm a proposed appointment.
///
/// From now on people are reminded.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/confirm",
    tag = "appointments", params(CirclePath, AppointmentPath),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn confirm_appointment(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
) -> Result<Found<Appointment>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    if hand.row.state != AppointmentState::Scheduled {
        hand.check(Verb::Confirm)?;
        hand.set_state(&app, AppointmentState::Scheduled, "confirmed")
            .await?;
        needs::plan_needs(&app, &hand.write, &hand.row).await?;
        hand.plan_for_its_people(&app).await?;
        tell_takers(&app, &hand, NoticeKind::Scheduled, &[]).await?;
        hand.tell_everyone(&app, NoticeKind::Scheduled, None)
            .await?;
    }
    hand.answer().await
}

/// Cancel an appointment.
///
/// Everybody is told; its reminders are cancelled, its needs wait in case it
/// is reinstated.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/cancel",
    tag = "appointments", params(CirclePath, AppointmentPath),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn cancel_appointment(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
) -> Result<Found<Appointment>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    if hand.row.state != AppointmentState::Cancelled {
        hand.check(Verb::Cancel)?;
        let mut row = hand.row.clone().into_active_model();
        row.cancelled_from = Set(Some(hand.row.state));
        row.state = Set(AppointmentState::Cancelled);
        hand.set(&app, row, "cancelled", vec!["state"]).await?;
        let needs = needs::needs_of(&hand.write, hand.row.id).await?;
        tell_takers(&app, &hand, NoticeKind::Cancelled, &needs).await?;
        let (id, open) = (hand.row.id, NeedState::Open);
        needs::follow_state(&mut hand.write, id, open, NeedState::OnHold).await?;
        needs::plan_needs(&app, &hand.write, &hand.row).await?;
        let was = moment_of_appointment(&hand.row);
        hand.tell_everyone(&app, NoticeKind::Cancelled, was).await?;
    }
    hand.answer().await
}

/// Reinstate a cancelled appointment.
///
/// As it was, proposed or scheduled: its needs are open again, and the person who took
/// one still has it.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/reinstate",
    tag = "appointments", params(CirclePath, AppointmentPath),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn reinstate_appointment(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
) -> Result<Found<Appointment>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    let was = hand.row.cancelled_from;
    let was = was.unwrap_or(AppointmentState::Scheduled);
    if ![was, AppointmentState::Scheduled].contains(&hand.row.state) {
        hand.check(Verb::Reinstate)?;
        let mut row = hand.row.clone().into_active_model();
        row.state = Set(was);
        hand.set(&app, row, "reinstated", vec!["state"]).await?;
        let (id, hold) = (hand.row.id, NeedState::OnHold);
        needs::follow_state(&mut hand.write, id, hold, NeedState::Open).await?;
        needs::plan_needs(&app, &hand.write, &hand.row).await?;
        hand.plan_for_its_people(&app).await?;
        tell_takers(&app, &hand, NoticeKind::Reinstated, &[]).await?;
        hand.tell_everyone(&app, NoticeKind::Reinstated, None)
            .await?;
    }
    hand.answer().await
}

/// Say that an appointment took place, and what came out of it.
///
/// Not before it has begun. What it needed is over.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/complete",
    tag = "appointments", params(CirclePath, AppointmentPath),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn complete_appointment(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
    outcome: Option<Json<AppointmentOutcome>>,
) -> Result<Found<Appointment>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    if hand.row.state == AppointmentState::Completed {
        return hand.answer().await;
    }
    hand.check(Verb::Complete)?;
    hand.check_begun("It has not begun yet.")?;
    let mut row = hand.row.clone().into_active_model();
    row.state = Set(AppointmentState::Completed);
    let mut fields = vec!["state"];
    if let Some(outcome) = outcome.and_then(|Json(body)| body.outcome) {
        row.outcome = Set(Some(outcome.into()));
        fields.push("outcome");
    }
    hand.set(&app, row, "completed", fields).await?;
    end_needs(&app, &mut hand).await?;
    hand.answer().await
}

/// Say that an appointment did not happen.
///
/// Not before its start: cancel what is still to come, and everybody is told. Its
/// reminders are cancelled, and what it needed is over.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/did-not-happen",
    tag = "appointments", params(CirclePath, AppointmentPath),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn mark_appointment_missed(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
) -> Result<Found<Appointment>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    if hand.row.state != AppointmentState::DidNotHappen {
        hand.check(Verb::DidNotHappen)?;
        hand.check_begun("It is still to come: cancel it, and everybody is told.")?;
        hand.set_state(&app, AppointmentState::DidNotHappen, "did_not_happen")
            .await?;
        end_needs(&app, &mut hand).await?;
    }
    hand.answer().await
}

async fn end_needs(app: &App, hand: &mut Hand) -> Result<(), Problem> {
    let (id, open) = (hand.row.id, NeedState::Open);
    needs::follow_state(&mut hand.write, id, open, NeedState::Over).await?;
    needs::plan_needs(app, &hand.write, &hand.row).await
}

/// Tells those who took a need of this appointment what happens to that, and when it
/// was `before`.
async fn tell_takers(
    app: &App,
    hand: &Hand,
    kind: NoticeKind,
    before: &[need::Model],
) -> Result<(), Problem> {
    let needs = needs::needs_of(&hand.write, hand.row.id).await?;
    let old = |need: &need::Model| before.iter().find(|before| before.id == need.id);
    let starts_anew =
        |need: &need::Model| old(need).and_then(moment_of_need) != moment_of_need(need);
    let open: Vec<_> = needs
        .into_iter()
        .filter(|need| need.state == NeedState::Open)
        .filter(|need| kind != NoticeKind::Moved || starts_anew(need))
        .collect();
    let ids: Vec<NeedId> = open.iter().map(|need| need.id).collect();
    let states = [CommitmentState::Offered, CommitmentState::Accepted];
    let takers = needs::holders_of(&hand.write, &ids, &states).await?;
    let zone = hand.write.scope().time_zone();
    let news = |need: need::Model| {
        let its = takers.iter().filter(|held| held.need_id == need.id);
        let was = old(&need);
        let mut news = News::of_need(kind, &need, zone).was(was.and_then(moment_of_need));
        if let Some(was) = was {
            news = news.instead_of(&News::of_need(kind, was, zone));
        }
        news.to(its.map(|held| held.member_id))
    };
    let news = open.into_iter().map(news).collect();
    notices::tell(app, &hand.write, news).await
}
