//! Who does a task: claimed, offered, accepted, declined, given back. A verb that
//! is in effect for the caller already answers with the task as it is.

use super::locked::LockedTask;
use super::rules::TaskVerb;
use super::types::{Offer, TakeOn, Task, TaskPath};
use crate::access::{CircleAccess, CirclePath, ClaimTasks, CreateTasks};
use crate::app::App;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_token::TokenScope;
use crate::http::extract::{Json, Path};
use crate::http::response::Found;
use crate::problem::Problem;

/// Claim a task.
///
/// Claiming is accepting. Who comes too late gets 409 `slots_full`; something you
/// have taken on or accepted for the same time, in any of your circles, is 409
/// `overlap`, unless you send `allow_overlap`. What lies in another circle, or in a
/// topic you do not see, is named as a time only.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/claim", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn claim_task(
    app: App,
    circle: CircleAccess<ClaimTasks>,
    Path(path): Path<TaskPath>,
    take_on: Option<Json<TakeOn>>,
) -> Result<Found<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    let allow_overlap = allows_overlap(take_on);
    task.take_on(TaskVerb::Claim, allow_overlap).await?;
    task.respond().await
}

/// Offer a task to somebody.
///
/// They accept or decline; nobody is assigned over their head. Offered to
/// yourself, it is claimed.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/offer", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn offer_task(
    app: App,
    circle: CircleAccess<CreateTasks>,
    Path(path): Path<TaskPath>,
    Json(offer): Json<Offer>,
) -> Result<Found<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    let (offer_it, take_it) = (TaskVerb::Offer, TaskVerb::Claim);
    task.offer(offer.member_id, offer_it, take_it).await?;
    task.respond().await
}

/// Accept an offered task.
///
/// By whoever it was offered to; refused like a claim when there is no room or
/// something else at that time.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/accept", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn accept_task(
    app: App,
    circle: CircleAccess<ClaimTasks>,
    Path(path): Path<TaskPath>,
    take_on: Option<Json<TakeOn>>,
) -> Result<Found<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    let allow_overlap = allows_overlap(take_on);
    task.take_on(TaskVerb::Accept, allow_overlap).await?;
    task.respond().await
}

/// Decline an offered task.
///
/// Nobody asks why, and nobody counts. The person who asked is told; less than a
/// day before it is due the coordinators too, and if nobody else would be told,
/// those who could take it.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/decline", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn decline_task(
    app: App,
    circle: CircleAccess<ClaimTasks>,
    Path(path): Path<TaskPath>,
) -> Result<Found<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    task.let_go(TaskVerb::Decline, NotificationKind::Declined)
        .await?;
    task.respond().await
}

/// Give a task back.
///
/// It is open to others again. The person who asked is told, the coordinators, and
/// those who want to know of gaps; less than a day before it is due, if nobody else
/// would be told, those who could take it.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/withdraw", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn withdraw_from_task(
    app: App,
    circle: CircleAccess<ClaimTasks>,
    Path(path): Path<TaskPath>,
) -> Result<Found<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    task.let_go(TaskVerb::Withdraw, NotificationKind::GivenBack)
        .await?;
    task.respond().await
}

fn allows_overlap(take_on: Option<Json<TakeOn>>) -> bool {
    take_on.is_some_and(|Json(body)| body.allow_overlap)
}
