//! A series of tasks that a request changes, with its members, under the circle's lock.

use std::collections::BTreeSet;

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::rules::{TaskSeriesFacts, TaskSeriesVerb};
use super::store;
use super::subject::repetition_of;
use super::turns::SeriesTurns;
use super::types::TaskSeries;
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Lockable, Locked};
use crate::entity::ids::{MemberId, TaskSeriesId};
use crate::entity::notification::NotificationKind;
use crate::entity::task_series;
use crate::entity::task_series_member::{self, SeriesMemberState};
use crate::features::participation::{
    Part, PartsAndPeople, RelatedParts, members_in, part, part_of, part_of_caller, put_part_later,
    released_by, replace, require_with_parts,
};
use crate::features::series::occurrences::{self, Outcome};
use crate::features::series::reach::Reach;
use crate::notify::notifications::{self, Notification};
use crate::problem::Problem;

/// A series of tasks, with its members, under the circle's lock.
pub(super) type LockedTaskSeries = Locked<task_series::Entity>;

impl Lockable for task_series::Entity {
    type Related = PartsAndPeople<task_series_member::Entity>;
    type Verb = TaskSeriesVerb;
    type Answer = TaskSeries;

    async fn related(
        write: &CircleWrite,
        row: &task_series::Model,
    ) -> Result<Self::Related, Problem> {
        let (_, related) = Self::read(write, row.id).await?;
        Ok(related)
    }

    async fn read(
        write: &CircleWrite,
        id: TaskSeriesId,
    ) -> Result<(task_series::Model, Self::Related), Problem> {
        require_with_parts::<task_series_member::Entity>(write, id).await
    }

    fn facts<'a>(
        scope: &'a CircleScope,
        series: &'a task_series::Model,
        related: &'a Self::Related,
    ) -> TaskSeriesFacts<'a> {
        TaskSeriesFacts {
            scope,
            series,
            members: related.parts(),
        }
    }

    fn shown(change: Change, row: &task_series::Model, _: &Self::Related) -> Change {
        change.about(row.topic)
    }

    async fn describe(
        write: &CircleWrite,
        row: task_series::Model,
        related: &Self::Related,
    ) -> Result<TaskSeries, Problem> {
        store::describe_with(write, row, related).await
    }
}

part! {
    task_series_member of task_series by series_id(SeriesId),
    SeriesMemberState in state(State): Offered => Accepted,
    asked by created_by_member_id
}

impl LockedTaskSeries {
    /// Its members, also those who declined or released it.
    pub fn members(&self) -> &[task_series_member::Model] {
        self.related.parts()
    }

    /// The caller's own part.
    pub fn my_part(&self) -> Option<&task_series_member::Model> {
        part_of_caller::<task_series_member::Entity>(self.write.scope(), self.members())
    }

    /// Puts a member's part into a state. It is written when the transaction commits.
    pub fn put_part(&mut self, member: MemberId, state: SeriesMemberState) -> Result<(), Problem> {
        let (write, row) = (&self.write, &self.row);
        let part = put_part_later::<task_series_member::Entity>(
            write,
            row,
            self.members(),
            member,
            state,
        )?;
        replace::<task_series_member::Entity>(self.related.parts_mut(), part);
        Ok(())
    }

    /// Puts a part with its place in the order of the turns.
    pub fn put_turn(
        &mut self,
        member: MemberId,
        turn: Option<i32>,
        state: SeriesMemberState,
    ) -> Result<(), Problem> {
        let before = part_of::<task_series_member::Entity>(self.members(), member).cloned();
        let part = if let Some(before) = before {
            let mut row = before.clone().into_active_model();
            row.turn = Set(turn);
            row.state = Set(state);
            let actor = self.write.actor();
            task_series_member::Entity::write_asker(&mut row, &before, state, actor);
            self.write
                .update_later::<task_series_member::Entity>(&before, row)?
        } else {
            let row = task_series_member::ActiveModel {
                id: Set(self.write.new_id()),
                series_id: Set(self.row.id),
                member_id: Set(member),
                state: Set(state),
                turn: Set(turn),
                ..Default::default()
            };
            self.write.insert_later::<task_series_member::Entity>(row)?
        };
        replace::<task_series_member::Entity>(self.related.parts_mut(), part);
        Ok(())
    }

    /// Makes the tasks that are still to come what the series says now.
    pub async fn make_tasks(&mut self) -> Result<Outcome, Problem> {
        let reach = Reach::to_come(&self.write, &repetition_of(&self.row));
        self.make_tasks_in(reach).await
    }

    /// Like [`Self::make_tasks`], for some of its tasks.
    pub async fn make_tasks_in(&mut self, reach: Reach) -> Result<Outcome, Problem> {
        let turns = SeriesTurns::of_series(&self.row, self.related.parts(), reach.until);
        occurrences::make::<task_series::Entity>(&mut self.write, &self.row, &turns, reach).await
    }

    /// A notification about the series.
    pub fn notification(&self, kind: NotificationKind) -> Notification {
        Notification::of(kind, &self.row, self.write.scope().time_zone())
    }

    /// Tells these members, and those who do the series or were asked, what happened to it. They get
    /// one email, however many tasks it is about.
    pub async fn notify_concerned(
        &self,
        kind: NotificationKind,
        others: BTreeSet<MemberId>,
    ) -> Result<(), Problem> {
        let open = task_series_member::Entity::OPEN;
        let mut concerned = others;
        concerned.extend(members_in::<task_series_member::Entity>(
            self.members(),
            &open,
        ));
        let notification = self.notification(kind).to(concerned);
        notifications::notify(&self.write, vec![notification]).await
    }

    /// Tells the members who relied on the caller, who declined or released it.
    pub async fn notify_who_relied(&self, kind: NotificationKind) -> Result<(), Problem> {
        let Some(my_part) = self.my_part() else {
            return Ok(());
        };
        let notification =
            released_by::<task_series_member::Entity>(self.notification(kind), my_part);
        notifications::notify(&self.write, vec![notification]).await
    }
}
