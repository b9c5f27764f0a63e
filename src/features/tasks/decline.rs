//! `decline_task`: declines an offered task.

use super::locked::LockedTask;
use super::rules::TaskVerb;
use super::types::{Task, TaskPath};
use crate::access::{CircleAccess, CirclePath, ClaimTasks};
use crate::app::App;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

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
) -> Result<Resource<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    task.decline_or_release(TaskVerb::Decline, NotificationKind::Declined)
        .await?;
    task.respond().await
}
