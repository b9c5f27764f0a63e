//! `get_task`: one task with its assignments.

use super::store;
use super::types::{Task, TaskPath};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Get a task.
///
/// The answer has the whole texts, the assignments and what you may do now.
///
/// - 404 `not_found`: there is no such task, or you do not see its topic
#[utoipa::path(
    get, path = "/circles/{circle_id}/tasks/{task_id}", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("personal_access_token" = [TokenScope::TasksRead])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn get_task(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<TaskPath>,
) -> Result<Resource<Task>, Problem> {
    let task = store::describe(circle.db(), circle.scope(), path.task_id).await?;
    circle.found(task)
}
