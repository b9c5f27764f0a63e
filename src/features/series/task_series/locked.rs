//! A series of tasks that a request changes, with its members, under the circle's lock.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::rules::{TaskSeriesFacts, TaskSeriesVerb};
use super::store;
use super::types::TaskSeries;
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Lockable, Locked};
use crate::entity::ids::{MemberId, TaskSeriesId};
use crate::entity::task_series;
use crate::entity::task_series_member::{self, SeriesMemberState};
use crate::features::participation::{
    HasParts, Part, PartsAndPeople, RelatedParts, part, part_of, require_with_parts,
};
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
        require_with_parts::<task_series_member::Entity>(write.tx(), write.scope(), id).await
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

impl HasParts for task_series::Entity {
    type Parts = task_series_member::Entity;
}

impl LockedTaskSeries {
    /// Its members, also those who declined or released it.
    pub fn members(&self) -> &[task_series_member::Model] {
        self.related.parts()
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
        self.replace_part(part);
        Ok(())
    }
}
