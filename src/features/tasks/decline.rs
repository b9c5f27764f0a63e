//! `decline_task`: the caller declines a task that was offered to them.

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

/// Decline a task that was offered to you.
///
/// You give no reason. The member who offered it is told. Less than a day before it is
/// due, the members who want emails about uncovered work are told too: by default the
/// coordinators. If nobody else is told then, the members who could claim it are.
/// The body may be left out.
///
/// - 403 `forbidden`: viewers cannot decline tasks
/// - 409 `invalid_transition`: the task is not open, or it is not offered to you
/// - 422 `member_has_account`, `unknown_member`: you can act only for an active member without an
///   account
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/decline", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn decline_task(
    app: App,
    circle: CircleAccess<OrOfMember<ClaimTasks>>,
    Path(path): Path<TaskPath>,
    body: Option<Json<OnBehalfOfRequest>>,
) -> Result<Resource<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    task.act_for(OnBehalfOfRequest::member(body)).await?;
    task.decline_or_release(TaskVerb::Decline, NotificationKind::Declined)
        .await?;
    task.respond().await
}
