//! What becomes of a task: approved, done, taken back, cancelled. A verb that is
//! in effect already answers with the task as it is.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, IntoActiveModel};

use super::locked::LockedTask;
use super::rules::{self, TaskVerb};
use super::subject::item_of;
use super::types::{Completion, Task, TaskPath};
use crate::access::{CircleAccess, CirclePath, ClaimTasks, CreateTasks, Permission, ProposeTasks};
use crate::app::App;
use crate::entity::ids::MemberId;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_token::TokenScope;
use crate::entity::task::{self, TaskState};
use crate::entity::task_assignment::{self, AssignmentState};
use crate::http::extract::{Json, Path};
use crate::http::response::Found;
use crate::notify::notifications;
use crate::notify::reminders;
use crate::notify::subject::{Subject, SubjectId};
use crate::problem::{Conflict, Problem};

/// Approve a suggested task.
///
/// It is open from then on, and can be taken on. The person who suggested it is told.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/approve", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn approve_task(
    app: App,
    circle: CircleAccess<CreateTasks>,
    Path(path): Path<TaskPath>,
) -> Result<Found<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    if task.begins(TaskVerb::Approve)? {
        let mut row = task.row.clone().into_active_model();
        row.state = Set(TaskState::Open);
        task.save_state(TaskVerb::Approve, row).await?;
        task.notify_who_suggested(NotificationKind::Approved)
            .await?;
    }
    task.respond().await
}

/// Complete a task, or your part of it.
///
/// If you hold one of several places, your own part is done, and the task shows
/// it; the task is done with the last part that somebody has taken on. With
/// `whole` it is done at once, for all: that needs the right to change it. A
/// person who holds no place always completes the whole. Those who still hold a
/// part are told, and its reminders are cancelled.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/complete", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn complete_task(
    app: App,
    circle: CircleAccess<ClaimTasks>,
    Path(path): Path<TaskPath>,
    completion: Option<Json<Completion>>,
) -> Result<Found<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    let Completion { occurred_at, whole } = completion.map(|Json(body)| body).unwrap_or_default();
    let own_part_is_done = task.my_state() == Some(AssignmentState::Done) && !whole;
    if task.row.state == TaskState::Done || task.row.state == TaskState::Open && own_part_is_done {
        return task.respond().await;
    }
    task.check(TaskVerb::Complete)?;
    if whole && !task.facts().may_complete_whole() {
        return Err(Problem::Forbidden(Permission::ChangeAnyTasks));
    }
    let now = task.write.now();
    let done_at = match occurred_at {
        Some(occurred_at) => occurred_at.happened(task.row.created_at, now)?,
        None => now,
    };
    if whole || task.is_last_part() {
        task.complete_whole(done_at).await?;
    } else {
        task.complete_own_part().await?;
    }
    task.respond().await
}

impl LockedTask {
    /// Whether nobody else still holds a part. Who holds none speaks for the whole.
    fn is_last_part(&self) -> bool {
        let accepted =
            |assignment: &&task_assignment::Model| assignment.state == AssignmentState::Accepted;
        self.my_state() != Some(AssignmentState::Accepted)
            || self.related.iter().filter(accepted).count() == 1
    }

    async fn complete_own_part(&mut self) -> Result<(), Problem> {
        let my_assignment = self.my_part().cloned().ok_or(Problem::NotFound)?;
        self.put_state(&my_assignment, AssignmentState::Done, true)
            .await?;
        let subject = SubjectId::Task(self.row.id);
        reminders::forget_parts(&self.write, subject, &[my_assignment.member_id]).await?;
        self.touch().await?;
        self.log_as("part_completed", vec!["assignments"]).await
    }

    async fn complete_whole(&mut self, done_at: DateTime<Utc>) -> Result<(), Problem> {
        let mut accepted = self.related.clone();
        accepted.retain(|assignment| assignment.state == AssignmentState::Accepted);
        for part in &accepted {
            self.put_state(part, AssignmentState::Done, false).await?;
        }
        let mut row = self.row.clone().into_active_model();
        row.state = Set(TaskState::Done);
        row.done_at = Set(Some(done_at));
        row.completed_at = Set(Some(self.write.now()));
        row.done_by = Set(self.write.scope().member_id());
        self.save_state(TaskVerb::Complete, row).await?;
        let was = task::Entity::moment(&self.row);
        let holders = accepted.into_iter().map(|assignment| assignment.member_id);
        let notification = self
            .notification(NotificationKind::Completed)
            .was(was)
            .to(holders);
        notifications::notify(&self.write, vec![notification]).await
    }
}

/// Reopen a completed task, or your part of it.
///
/// A coordinator or the patient may reopen a task at any time, other people for a day
/// after it was completed. A coordinator, the patient, and the person who completed it
/// reopen it for all: those for whom it was completed hold it again, and are told, if
/// they are still there to do it; the parts that people had done themselves before stay
/// done. Everybody else reopens their own part alone: the task is open, you hold your
/// part again, the parts of others stay done, and nobody is told. While the task is
/// open, everybody reopens their own part alone.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/reopen", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn reopen_task(
    app: App,
    circle: CircleAccess<ClaimTasks>,
    Path(path): Path<TaskPath>,
) -> Result<Found<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    if task.row.state == TaskState::Open && task.my_state() != Some(AssignmentState::Done) {
        return task.respond().await;
    }
    task.check(TaskVerb::Reopen)?;
    if task.row.state == TaskState::Open {
        task.reopen_own_part().await?;
        return task.respond().await;
    }
    if !rules::may_still_reopen(task.write.scope(), &task.row, task.write.now()) {
        let detail = "It was completed more than a day ago; ask a coordinator.";
        return Err(Conflict::of("too_late", detail).into());
    }
    if rules::reopens_whole(task.write.scope(), &task.row) {
        task.reopen_whole().await?;
    } else {
        task.reopen_own_part().await?;
    }
    task.respond().await
}

impl LockedTask {
    async fn reopen_whole(&mut self) -> Result<(), Problem> {
        let taken = self.give_back_to_holders().await?;
        self.open_again(taken).await?;
        let holders = [AssignmentState::Accepted];
        self.notify(NotificationKind::Reinstated, None, &holders)
            .await
    }

    /// Nobody is told: it concerns the caller alone.
    async fn reopen_own_part(&mut self) -> Result<(), Problem> {
        let my_assignment = self.my_part().cloned().ok_or(Problem::NotFound)?;
        self.put_state(&my_assignment, AssignmentState::Accepted, false)
            .await?;
        if self.row.state == TaskState::Done {
            self.keep_done_but(my_assignment.member_id).await?;
            self.open_again(self.row.helpers_accepted).await?;
        } else {
            self.touch().await?;
            self.log_as("part_reopened", vec!["assignments"]).await?;
        }
        let item = item_of(&self.row);
        reminders::plan_for_takers(&self.write, &item, &[my_assignment.member_id]).await
    }

    /// The parts of others stay done, also when the next completion is taken back.
    async fn keep_done_but(&self, member: MemberId) -> Result<(), Problem> {
        use task_assignment::Column;
        let others = Condition::all()
            .add(Column::TaskId.eq(self.row.id))
            .add(Column::MemberId.ne(member))
            .add(Column::State.eq(AssignmentState::Done));
        let values = vec![(Column::OwnPartDone, Expr::value(true))];
        let update = self
            .write
            .update_all::<task_assignment::Entity>(others, values);
        update.await
    }

    /// The task that was done is open, with so many places taken.
    async fn open_again(&mut self, taken: i32) -> Result<(), Problem> {
        let mut row = self.row.clone().into_active_model();
        row.state = Set(TaskState::Open);
        row.helpers_accepted = Set(taken);
        row.done_at = Set(None);
        row.completed_at = Set(None);
        row.done_by = Set(None);
        self.save_state(TaskVerb::Reopen, row).await
    }
}

/// Cancel a task.
///
/// For good; its reminders are cancelled too, and those who hold it are told. If it was
/// suggested and not approved, the person who suggested it is told.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/cancel", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn cancel_task(
    app: App,
    circle: CircleAccess<ProposeTasks>,
    Path(path): Path<TaskPath>,
) -> Result<Found<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    if task.begins(TaskVerb::Cancel)? {
        let was_suggested = task.row.state == TaskState::Proposed;
        let mut row = task.row.clone().into_active_model();
        row.state = Set(TaskState::Cancelled);
        task.save_state(TaskVerb::Cancel, row).await?;
        let was = task::Entity::moment(&task.row);
        let concerned = [AssignmentState::Offered, AssignmentState::Accepted];
        task.notify(NotificationKind::Cancelled, was, &concerned)
            .await?;
        if was_suggested {
            task.notify_who_suggested(NotificationKind::NotApproved)
                .await?;
        }
    }
    task.respond().await
}
