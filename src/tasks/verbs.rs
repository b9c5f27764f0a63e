//! What becomes of a task: approved, done, taken back, cancelled. A verb that is
//! in effect already answers with the task as it is.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::hand::Hand;
use super::rules::{self, Verb};
use super::types::{Completion, Task, TaskPath};
use crate::access::{CircleAccess, CirclePath, ClaimTasks, CreateTasks, ProposeTasks};
use crate::answer::Found;
use crate::app::App;
use crate::entity::notice::NoticeKind;
use crate::entity::task::TaskState;
use crate::entity::task_assignment::AssignmentState;
use crate::extract::{Json, Path};
use crate::problem::{Conflict, Problem};
use crate::wall_time::Moment;

/// Approve a suggested task.
///
/// It is open from then on, and can be taken on.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/approve", tag = "tasks",
    params(CirclePath, TaskPath),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn approve_task(
    app: App,
    circle: CircleAccess<CreateTasks>,
    Path(path): Path<TaskPath>,
) -> Result<Found<Task>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    if hand.task.state != TaskState::Open {
        hand.check(Verb::Approve)?;
        let mut row = hand.task.clone().into_active_model();
        row.state = Set(TaskState::Open);
        hand.set_state(&app, row, "approved").await?;
    }
    hand.answer().await
}

/// Complete a task.
///
/// By whoever holds it, or whoever may change it. Its reminders are cancelled.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/complete", tag = "tasks",
    params(CirclePath, TaskPath),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn complete_task(
    app: App,
    circle: CircleAccess<ClaimTasks>,
    Path(path): Path<TaskPath>,
    completion: Option<Json<Completion>>,
) -> Result<Found<Task>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    if hand.task.state == TaskState::Done {
        return hand.answer().await;
    }
    hand.check(Verb::Complete)?;
    let now = hand.write.now();
    let done_at = match completion.and_then(|Json(said)| said.occurred_at) {
        Some(said) => said.happened(hand.task.created_at, now)?,
        None => now,
    };
    for held in hand.assignments.clone() {
        if held.state == AssignmentState::Accepted {
            hand.put_state(&held, AssignmentState::Done).await?;
        }
    }
    let mut row = hand.task.clone().into_active_model();
    row.state = Set(TaskState::Done);
    row.done_at = Set(Some(done_at));
    row.completed_at = Set(Some(now));
    row.done_by = Set(hand.write.scope().member_id());
    hand.set_state(&app, row, "completed").await?;
    hand.answer().await
}

/// Reopen a completed task.
///
/// For a day by whoever completed it; by a coordinator at any time. Whoever
/// held it holds it again, if they are still there to do it.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/reopen", tag = "tasks",
    params(CirclePath, TaskPath),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn reopen_task(
    app: App,
    circle: CircleAccess<ClaimTasks>,
    Path(path): Path<TaskPath>,
) -> Result<Found<Task>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    if hand.task.state == TaskState::Open {
        return hand.answer().await;
    }
    hand.check(Verb::Reopen)?;
    if !rules::may_still_reopen(hand.write.scope(), &hand.task, hand.write.now()) {
        let detail = "It was completed more than a day ago; ask a coordinator.";
        return Err(Conflict::of("too_late", detail).into());
    }
    let accepted = hand.give_back_to_holders().await?;
    let mut row = hand.task.clone().into_active_model();
    row.state = Set(TaskState::Open);
    row.helpers_accepted = Set(accepted);
    row.done_at = Set(None);
    row.completed_at = Set(None);
    row.done_by = Set(None);
    hand.set_state(&app, row, "reopened").await?;
    hand.answer().await
}

/// Cancel a task.
///
/// For good; its reminders are cancelled too, and whoever holds it is told.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/cancel", tag = "tasks",
    params(CirclePath, TaskPath),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn cancel_task(
    app: App,
    circle: CircleAccess<ProposeTasks>,
    Path(path): Path<TaskPath>,
) -> Result<Found<Task>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    if hand.task.state != TaskState::Cancelled {
        hand.check(Verb::Cancel)?;
        let mut row = hand.task.clone().into_active_model();
        row.state = Set(TaskState::Cancelled);
        hand.set_state(&app, row, "cancelled").await?;
        let was = Moment::of(hand.task.due_at, hand.task.due_on);
        let concerned = [AssignmentState::Offered, AssignmentState::Accepted];
        hand.tell(&app, NoticeKind::Cancelled, was, &concerned)
            .await?;
    }
    hand.answer().await
}
