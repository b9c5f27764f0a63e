//! `release_task`: the caller releases a task that they claimed.

use super::locked::LockedTask;
use super::rules::TaskVerb;
use super::types::{Task, TaskPath};
use crate::access::{CircleAccess, CirclePath, ClaimTasks, OrOfMember};
use crate::app::App;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::features::participation::OnBehalfOfRequest;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::problem::Problem;

/// Release a task that you claimed.
///
/// The task is open to others again, and your reminders are canceled. The member who
/// offered it to you is told, and so are the members who want emails about uncovered
/// work: by default the coordinators. If nobody else is told less than a day before it is
/// due, the members who could claim it are.
/// The body may be left out.
///
/// - 403 `forbidden`: viewers cannot release tasks
/// - 409 `invalid_transition`: you have not claimed the task, or it is not open
/// - 422 `member_has_account`, `unknown_member`: you can act only for an active member without an
///   account
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/release", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn release_task(
    app: App,
    circle: CircleAccess<OrOfMember<ClaimTasks>>,
    Path(path): Path<TaskPath>,
    body: Option<Json<OnBehalfOfRequest>>,
) -> Result<Resource<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    task.act_for(OnBehalfOfRequest::member(body)).await?;
    task.decline_or_release(TaskVerb::Release, NotificationKind::Released)
        .await?;
    task.respond().await
}
