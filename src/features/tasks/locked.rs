//! A task that a request changes, with its assignments, under the circle's lock.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, IntoActiveModel};

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
    BusyTime, HasParts, PartsAndAppointment, RelatedParts, ReleaseOutcome, ReleasePlan, Work, part,
    release_work, require_with_parts_and_appointment,
};
use crate::notify::notifications::Notification;
use crate::problem::Problem;

/// A task, with its assignments, and its appointment if the caller sees that, under the circle's lock.
pub(super) type LockedTask = Locked<task::Entity>;

impl Lockable for task::Entity {
    type Related = PartsAndAppointment<task_assignment::Entity>;
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
        require_with_parts_and_appointment::<task_assignment::Entity>(
            write,
            id,
            Column::AppointmentId,
        )
        .await
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
    }
}

impl HasParts for task::Entity {
    type Parts = task_assignment::Entity;

    /// Only a task with a start and an end takes time. A due time alone takes none.
    fn busy_time(row: &task::Model) -> Option<BusyTime> {
        row.starts_local?;
        let (from, to) = (row.begins_at, row.over_at);
        Some(BusyTime::of::<Self>(row, row.circle_id, from, Some(to)))
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

    pub fn set_assignment_state(
        &mut self,
        assignment: &task_assignment::Model,
        state: TaskAssignmentState,
        own_part_done: bool,
    ) -> Result<(), Problem> {
        let mut row = assignment.clone().into_active_model();
        row.state = Set(state);
        row.own_part_done = Set(own_part_done);
        let after = self
            .write
            .update_later::<task_assignment::Entity>(assignment, row)?;
        self.replace_part(after);
        Ok(())
    }
}
