//! `accept_task`: the caller accepts a task that was offered to them.

use super::locked::LockedTask;
use super::rules::TaskVerb;
use super::types::{Task, TaskPath};
use crate::access::{CircleAccess, CirclePath, ClaimTasks, OrOfMember};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::features::participation::ClaimRequest;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::problem::Problem;

/// Accept a task that was offered to you.
///
/// Your assignment becomes `accepted`, and your reminders are planned. Nobody is told, unless you
/// take it over from a member who is away then or hands it over, as when you claim it. The body may
/// be left out.
///
/// - 403 `forbidden`: viewers cannot claim tasks
/// - 409 `invalid_transition`: the task is not open, or it is not offered to you
/// - 409 `fully_covered`: enough members have claimed it, and none of them is away then or hands it
///   over
/// - 409 `too_late`: it is over, so nobody can take it over from the member who has it
/// - 409 `overlap`: you have something else at that time, in any of your circles; send
///   `allow_overlap` to do both
/// - 422 `member_has_account`, `unknown_member`: you can act only for an active member without an
///   account
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/accept", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn accept_task(
    app: App,
    circle: CircleAccess<OrOfMember<ClaimTasks>>,
    Path(path): Path<TaskPath>,
    body: Option<Json<ClaimRequest>>,
) -> Result<Resource<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    let ClaimRequest {
        on_behalf_of_member_id,
        allow_overlap,
    } = ClaimRequest::of(body);
    task.act_for(on_behalf_of_member_id).await?;
    task.claim(TaskVerb::Accept, allow_overlap).await?;
    task.respond().await
}
