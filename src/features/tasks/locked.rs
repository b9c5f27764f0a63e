//! A task that a request changes, with what belongs to it, under the circle's lock.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, IntoActiveModel};
use uuid::Uuid;

use super::around::{self, AroundTask};
use super::rules::{TaskFacts, TaskVerb};
use super::store;
use super::types::Task;
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Lockable, Locked};
use crate::entity::ids::TaskId;
use crate::entity::notification::NotificationKind;
use crate::entity::task::{self, Column, TaskState};
use crate::entity::task_assignment::{self, TaskAssignmentState};
use crate::entity::task_series::{self, SeriesState};
use crate::features::participation::{
    BusyColumns, BusyTime, HasParts, RelatedParts, ReleaseOutcome, ReleasePlan, TakesTime, Work,
    part, release_work, uncertain_in, withdraw_handovers_later,
};
use crate::notify::notifications::Notification;
use crate::problem::Problem;

/// A task, with what belongs to it, under the circle's lock.
pub(super) type LockedTask = Locked<task::Entity>;

impl Lockable for task::Entity {
    type Related = AroundTask;
    type Verb = TaskVerb;
    type Answer = Task;

    async fn related(write: &CircleWrite, row: &task::Model) -> Result<Self::Related, Problem> {
        let (_, related) = Self::read(write, row.id).await?;
        Ok(related)
    }

    async fn read(
        write: &CircleWrite,
        id: TaskId,
    ) -> Result<(task::Model, Self::Related), Problem> {
        around::require(write, id).await
    }

    fn facts<'a>(
        scope: &'a CircleScope,
        task: &'a task::Model,
        related: &'a Self::Related,
    ) -> TaskFacts<'a> {
        TaskFacts {
            scope,
            task,
            assignments: related.parts(),
        }
    }

    fn shown(change: Change, row: &task::Model, _: &Self::Related) -> Change {
        change.about(row.topic)
    }

    async fn describe(
        write: &CircleWrite,
        row: task::Model,
        related: &Self::Related,
    ) -> Result<Task, Problem> {
        store::describe_with(write, row, related).await
    }
}

part! {
    task_assignment of task by task_id(TaskId),
    TaskAssignmentState in state(State): Offered => Accepted,
    asked by created_by_member_id,
    fn reset(row: &mut task_assignment::ActiveModel) {
        row.own_part_done = Set(false);
        row.is_handing_over = Set(false);
        row.is_away = Set(false);
    }

    fn write_taken(row: &mut task_assignment::ActiveModel, at: Option<DateTime<Utc>>) {
        row.taken_at = Set(at);
    }
}

impl HasParts for task::Entity {
    type Parts = task_assignment::Entity;
}

impl TakesTime for task::Entity {
    /// Only a task with a start and an end takes time. A due time alone takes none.
    fn busy_time(row: &task::Model) -> Option<BusyTime> {
        row.starts_local?;
        let (from, to) = (row.begins_at, row.over_at);
        Some(BusyTime::of::<Self>(row, row.circle_id, from, Some(to)))
    }

    fn busy_columns() -> BusyColumns {
        let column = |column: Column| Expr::col((task::Entity, column));
        BusyColumns {
            topic: column(Column::Topic),
            at: Expr::value(None::<Uuid>),
            from: column(Column::BeginsAt),
            ends_at: column(Column::OverAt),
        }
    }

    fn is_binding() -> Condition {
        Condition::all()
            .add(Column::State.eq(TaskState::Open))
            .add(Column::StartsLocal.is_not_null())
    }

    async fn release(
        write: &mut CircleWrite,
        plan: &ReleasePlan<'_>,
        outcome: &mut ReleaseOutcome,
    ) -> Result<(), Problem> {
        release_work::<Self>(write, plan, outcome).await
    }
}

impl Work for task::Entity {
    const CANNOT_TAKE_PART: &'static str =
        "This member is a viewer or does not see the topic. Name another member.";
    const RELEASED: TaskAssignmentState = TaskAssignmentState::Released;
    const ACCEPTED: Column = Column::PeopleAccepted;
    const UNCERTAIN: Column = Column::PeopleUncertain;
    const IS_AWAY: task_assignment::Column = task_assignment::Column::IsAway;
    const NEEDED: Column = Column::PeopleNeeded;

    fn title(row: &task::Model) -> String {
        row.title.clone()
    }

    /// A task is never over: an overdue task is still to be done. A task that is canceled while its
    /// series has a break comes back with it.
    fn is_ahead(now: DateTime<Utc>) -> Condition {
        let series = |column: task_series::Column| Expr::col((task_series::Entity, column));
        let its_series = Query::select()
            .column((task_series::Entity, task_series::Column::Id))
            .from(task_series::Entity)
            .and_where(
                series(task_series::Column::CircleId).equals((task::Entity, Column::CircleId)),
            )
            .and_where(series(task_series::Column::Id).equals((task::Entity, Column::SeriesId)))
            .and_where(series(task_series::Column::State).ne(SeriesState::Ended))
            .take();
        let may_come_back = Condition::all()
            .add(Column::State.eq(TaskState::Canceled))
            .add(Column::IsException.eq(false))
            .add(Column::SortAt.gt(now))
            .add(Expr::exists(its_series));
        Condition::any()
            .add(Column::State.eq(TaskState::Open))
            .add(may_come_back)
    }

    fn needed(row: &task::Model) -> i32 {
        row.people_needed
    }

    fn accepted(row: &task::Model) -> i32 {
        row.people_accepted
    }

    fn uncertain(row: &task::Model) -> i32 {
        row.people_uncertain
    }

    /// Members who completed their own part still fill a place.
    fn has_place(part: &task_assignment::Model) -> bool {
        matches!(
            part.state,
            TaskAssignmentState::Accepted | TaskAssignmentState::Completed
        )
    }
}

impl LockedTask {
    /// A notification to the member who suggested the task.
    pub fn to_who_suggested(&self, kind: NotificationKind) -> Notification {
        self.notification(kind).to(self.row.created_by_member_id)
    }

    /// Counts the version up because a part changed, and how many parts are uncertain.
    pub fn count_parts_later(&mut self) -> Result<(), Problem> {
        let mut row = self.row.clone().into_active_model();
        row.people_uncertain = Set(uncertain_in::<task_assignment::Entity>(self.parts()));
        self.row = self.write.update_later::<task::Entity>(&self.row, row)?;
        Ok(())
    }

    /// Puts a part into a state. What the member wanted to hand over stays with them.
    pub fn set_assignment_state(
        &mut self,
        assignment: &task_assignment::Model,
        state: TaskAssignmentState,
        own_part_done: bool,
        is_away: bool,
    ) -> Result<(), Problem> {
        let mut row = assignment.clone().into_active_model();
        row.state = Set(state);
        row.own_part_done = Set(own_part_done);
        row.is_handing_over = Set(false);
        row.is_away = Set(is_away);
        if state == TaskAssignmentState::Accepted {
            row.taken_at = Set(Some(self.write.now()));
        }
        withdraw_handovers_later::<task_assignment::Entity>(&self.write, [assignment]);
        let after = self
            .write
            .update_later::<task_assignment::Entity>(assignment, row)?;
        self.replace_part(after);
        Ok(())
    }
}
