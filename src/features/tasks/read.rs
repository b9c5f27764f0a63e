//! `read_task`: one task with its assignments.

use super::store;
use super::types::{Task, TaskPath};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_token::TokenScope;
use crate::entity::task;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Read a task.
///
/// With its assignments, and what the reader may do now.
#[utoipa::path(
    get, path = "/circles/{circle_id}/tasks/{task_id}", tag = "tasks",
    params(CirclePath, TaskPath),
    security(("access_token" = [TokenScope::TasksRead])),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn read_task(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<TaskPath>,
) -> Result<Resource<Task>, Problem> {
    let row = circle.require::<task::Entity>(path.task_id).await?;
    let task = store::describe(circle.db(), circle.scope(), row).await?;
    circle.found(task)
}
