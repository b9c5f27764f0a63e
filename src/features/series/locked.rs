//! What requests do to a series of any kind, under the circle's lock.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use uuid::Uuid;

use super::occurrences::{self, Outcome};
use super::reach::{Reach, horizon};
use super::repeats::Repeats;
use super::times::NewTimes;
use crate::access::change_log::{Change, Fields};
use crate::access::{Locked, OwnId};
use crate::entity::ids::MemberId;
use crate::entity::notification::NotificationKind;
use crate::entity::task_series::SeriesState;
use crate::features::participation::{Part, members_in};
use crate::notify::notifications::{Notification, People, notify_people};
use crate::problem::Problem;

impl<S: Repeats> Locked<S> {
    /// Makes the occurrences that are still to come what the series says now.
    pub async fn make_occurrences(&mut self) -> Result<Outcome, Problem> {
        let reach = Reach::to_come(&self.write, &S::repetition(&self.row));
        self.make_occurrences_in(reach).await
    }

    /// Like [`Self::make_occurrences`], for some of them.
    pub async fn make_occurrences_in(&mut self, reach: Reach) -> Result<Outcome, Problem> {
        let was = self.row.clone();
        self.make_changed(&was, reach).await
    }

    /// Like [`Self::make_occurrences_in`], of a series that was different before.
    pub async fn make_changed(&mut self, was: &S::Model, reach: Reach) -> Result<Outcome, Problem> {
        let turns = S::turns(&self.row, &self.related, S::made_until(&self.row));
        occurrences::make::<S>(&mut self.write, &self.row, was, &turns, reach).await
    }

    /// Puts the series into a state in which it has no occurrences. Who has a part is told once.
    pub async fn stop(&mut self, verb: S::Verb, state: SeriesState) -> Result<(), Problem> {
        let mut row = self.row.clone().into_active_model();
        row.set(S::COLUMNS.state, state.into());
        self.save_later(verb, row, vec!["state"]).await?;
        let outcome = self.make_occurrences().await?;
        let news = outcome.notifications;
        self.tell_concerned(NotificationKind::Canceled, outcome.called_off, news, None)
            .await
    }

    /// Goes on with the series after a break. The row says up to which date the occurrences are made: a
    /// calendar computes those that come after it, and would show them twice. Who has a part is told
    /// once.
    pub async fn go_on(&mut self, verb: S::Verb) -> Result<(), Problem> {
        let today = S::repetition(&self.row).today(&self.write);
        let mut row = self.row.clone().into_active_model();
        row.set(S::COLUMNS.state, SeriesState::Active.into());
        row.set(S::COLUMNS.made_until, horizon(today).into());
        self.save_later(verb, row, vec!["state"]).await?;
        let outcome = self.make_occurrences().await?;
        let news = outcome.notifications;
        self.tell_concerned(NotificationKind::Reinstated, outcome.back_on, news, None)
            .await
    }

    /// Tells these members, and those who have a part in the series or were asked, what happened to
    /// it, and some of them more. They get one email, however many occurrences it is about.
    pub async fn tell_concerned(
        &self,
        kind: NotificationKind,
        others: BTreeSet<MemberId>,
        mut more: Vec<Notification>,
        people: Option<People>,
    ) -> Result<(), Problem> {
        let mut concerned = others;
        concerned.extend(members_in::<S::Parts>(self.parts(), &S::Parts::OPEN));
        more.push(self.notification(kind).to(concerned));
        notify_people(&self.write, more, people).await
    }

    /// Writes a change of the series, for everything to come or in a new series from a date on.
    pub async fn change(
        &mut self,
        verb: S::Verb,
        times: &NewTimes<S::Time>,
        row: S::ActiveModel,
        fields: Fields,
        reach: impl FnOnce(Reach) -> Reach + Send,
    ) -> Result<Outcome, Problem> {
        let was = self.row.clone();
        if let Some(on) = times.split_on {
            self.split(verb, on, row, fields).await?;
            let repetition = S::repetition(&self.row);
            let to_come = Reach::to_come(&self.write, &repetition);
            let from_then_on = Reach {
                from: on.min(repetition.first_on),
                ..reach(to_come)
            };
            return self.make_changed(&was, from_then_on).await;
        }
        self.save_later(verb, row, fields.names()).await?;
        let to_come = Reach::to_come(&self.write, &S::repetition(&self.row));
        self.make_changed(&was, reach(to_come)).await
    }

    /// Ends the series before a date, and goes on with a new series that the row describes. From now
    /// on this is the new series.
    async fn split(
        &mut self,
        verb: S::Verb,
        on: NaiveDate,
        mut row: S::ActiveModel,
        fields: Fields,
    ) -> Result<(), Problem> {
        let old = self.row.clone();
        let repetition = S::repetition(&old);
        let ended = repetition.recurrence.ended_before(repetition.first_on, on);
        let mut before = old.clone().into_active_model();
        before.set(S::COLUMNS.recurrence, ended.as_str().into());
        before.set(S::COLUMNS.last_on, ended.last(repetition.first_on).into());
        self.save_later(verb, before, vec!["recurrence"]).await?;

        let id: Uuid = self.write.new_id();
        let previous: Uuid = S::id_of(&old).into();
        row.set(S::id_column(), id.into());
        row.set(S::COLUMNS.previous, previous.into());
        row.set(<S as OwnId>::sent_hash_column(), None::<Vec<u8>>.into());
        S::begin_anew(&mut row, &old, on);
        let new = self.write.insert_later::<S>(row.reset_all())?;
        let change = Change::to::<S>("created", &new).fields(fields.names());
        let change = S::shown(change, &new, &self.related);
        self.write.log(change).await?;
        self.row = new;
        S::carry_over(self, &old, on)
    }
}
