//! A task that a request changes, with its assignments, under the circle's lock.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, IntoActiveModel};

use super::rules::{TaskFacts, TaskVerb};
use super::store;
use super::subject::item_of;
use super::types::Task;
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Lockable, Locked};
use crate::entity::notification::NotificationKind;
use crate::entity::task::{self, Column, TaskState};
use crate::entity::task_assignment::{self, TaskAssignmentState};
use crate::features::participation::{
    BusyTime, HasParts, ReleaseOutcome, ReleasePlan, Work, part, parts_of, release_work,
};
use crate::notify::{notifications, reminders};
use crate::problem::Problem;

/// A task, with its assignments, under the circle's lock.
pub(super) type LockedTask = Locked<task::Entity>;

impl Lockable for task::Entity {
    type Related = Vec<task_assignment::Model>;
    type Verb = TaskVerb;
    type Answer = Task;

    async fn related(write: &CircleWrite, row: &task::Model) -> Result<Self::Related, Problem> {
        let rows = std::slice::from_ref(row);
        parts_of::<task_assignment::Entity>(write.tx(), write.scope(), rows).await
    }

    fn facts<'a>(
        scope: &'a CircleScope,
        task: &'a task::Model,
        assignments: &'a Self::Related,
    ) -> TaskFacts<'a> {
        TaskFacts {
            scope,
            task,
            assignments,
        }
    }

    fn shown(change: Change, row: &task::Model, _: &Self::Related) -> Change {
        change.about(row.topic)
    }

    async fn describe(
        write: &CircleWrite,
        row: task::Model,
        _: &Self::Related,
    ) -> Result<Task, Problem> {
        store::describe(write.tx(), write.scope(), row).await
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

    /// A task is never over: an overdue task is still to be done.
    fn is_ahead(_: DateTime<Utc>) -> Condition {
        Condition::all().add(Column::State.eq(TaskState::Open))
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
    /// Tells the member who suggested the task what became of it.
    pub async fn notify_who_suggested(&self, kind: NotificationKind) -> Result<(), Problem> {
        let notification = self.notification(kind).to(self.row.created_by_member_id);
        notifications::notify(&self.write, vec![notification]).await
    }

    /// Puts the task into a state; its reminders follow.
    pub async fn save_state(
        &mut self,
        verb: TaskVerb,
        row: task::ActiveModel,
    ) -> Result<(), Problem> {
        self.save(verb, row, vec!["state"]).await?;
        reminders::plan(&self.write, &[item_of(&self.row)]).await
    }

    pub async fn set_assignment_state(
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
            .update::<task_assignment::Entity>(assignment, row);
        let after = after.await?;
        self.replace_part(after);
        Ok(())
    }
}
