//! `withdraw_from_task`: releases a task that the caller has taken on.

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
) -> Result<Resource<Task>, Problem> {
    let mut task = LockedTask::open(&app, &circle, path.task_id).await?;
    task.decline_or_release(TaskVerb::Withdraw, NotificationKind::GivenBack)
        .await?;
    task.respond().await
}
