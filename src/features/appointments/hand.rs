//! An appointment in hand: what its doors check, write and tell in one transaction.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::rules::{self, Verb};
use super::store;
use super::types::{Appointment, AppointmentPath};
use crate::access::change_log::Change;
use crate::access::{CircleAccess, CircleWrite, Needs, Permission};
use crate::app::App;
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::attendance::{self, AttendanceAnswer};
use crate::entity::ids::MemberId;
use crate::entity::notice::NoticeKind;
use crate::features::needs;
use crate::http::response::Found;
use crate::notify::notifications::{self, News};
use crate::notify::reminders::{self, Item};
use crate::platform::time::civil::{Moment, day_of};
use crate::problem::{Conflict, Problem};

/// An appointment in hand, with who is part of it, under the circle's lock.
pub(in crate::features) struct Hand {
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
    pub fn check_begun(&self, detail: &'static str) -> Result<(), Problem> {
        if self.has_begun() {
            return Ok(());
        }
        Err(Conflict::of("too_early", detail).into())
    }

    /// Asks everybody anew who answered for another time; only the caller chose the
    /// new one. Who has left since, or does not see it any more, is asked no more.
    pub async fn ask_anew(&mut self) -> Result<(), Problem> {
        let asked = self.attendances.iter().map(|held| held.member_id);
        let seeing = store::who_may_come(&self.write, asked, self.row.topic).await?;
        for held in std::mem::take(&mut self.attendances) {
            if seeing.contains(&held.member_id) {
                self.attendances.push(held);
            } else {
                self.write
                    .delete_in_circle::<attendance::Entity>(&held)
                    .await?;
            }
        }
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
    pub async fn plan_for_its_people(&self) -> Result<(), Problem> {
        let of = |answers: &[AttendanceAnswer]| -> Vec<MemberId> {
            let its = self.attendances.iter();
            let its = its.filter(|held| answers.contains(&held.answer));
            its.map(|held| held.member_id).collect()
        };
        let coming = of(&[AttendanceAnswer::Accepted]);
        let asked = of(&[AttendanceAnswer::NeedsAction, AttendanceAnswer::Tentative]);
        let item = Item::Appointment(self.row.clone());
        reminders::plan_for_takers(&self.write, &item, &coming).await?;
        reminders::plan_for_asked(&self.write, &item, &asked).await?;
        needs::plan_for_holders(&self.write, &self.row).await
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
        row: appointment::ActiveModel,
        verb: &'static str,
        fields: Vec<&'static str>,
    ) -> Result<(), Problem> {
        self.row = self
            .write
            .update::<appointment::Entity>(&self.row, row)
            .await?;
        let item = Item::Appointment(self.row.clone());
        reminders::plan(&self.write, &[item]).await?;
        self.log(verb, fields).await
    }

    pub async fn set_state(
        &mut self,
        state: AppointmentState,
        verb: &'static str,
    ) -> Result<(), Problem> {
        let mut row = self.row.clone().into_active_model();
        row.state = Set(state);
        self.set(row, verb, vec!["state"]).await
    }

    /// Tells those who are part of it, and everybody else who sees it.
    pub async fn tell_everyone(
        &self,
        kind: NoticeKind,
        was: Option<Moment>,
    ) -> Result<(), Problem> {
        self.tell_all(self.news(kind).was(was)).await
    }

    pub async fn tell_all(&self, news: News) -> Result<(), Problem> {
        let part = self.attendances.iter().map(|held| held.member_id);
        notifications::tell(&self.write, vec![news.to(part)]).await
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
