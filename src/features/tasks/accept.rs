//! `accept_task`: accepts an offered task.

use super::locked::LockedTask;
use super::rules::TaskVerb;
use super::types::{Task, TaskPath};
use crate::access::{CircleAccess, CirclePath, ClaimTasks};
use crate::app::App;
use crate::entity::personal_token::TokenScope;
use crate::features::participation::ClaimRequest;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::problem::Problem;

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
    body: Option<Json<ClaimRequest>>,
) -> Result<Resource<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    let allow_overlap = ClaimRequest::allows_overlap(body);
    task.claim(TaskVerb::Accept, allow_overlap).await?;
    task.respond().await
}
