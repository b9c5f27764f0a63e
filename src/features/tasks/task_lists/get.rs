//! `get_task_list`: one task list, without its tasks.

use super::store::describe;
use super::types::{TaskList, TaskListPath};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task_list;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Get a task list.
///
/// The answer does not include its tasks. To get them, list the tasks with `task_list_id`.
///
/// - 404 `not_found`: there is no such task list in this circle
#[utoipa::path(
    get, path = "/circles/{circle_id}/task-lists/{task_list_id}", tag = "task lists",
    params(CirclePath, TaskListPath),
    security(("personal_access_token" = [TokenScope::TasksRead])),
    responses((status = OK, description = "The task list", body = TaskList), Problem),
)]
pub async fn get_task_list(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<TaskListPath>,
) -> Result<Resource<TaskList>, Problem> {
    let row = circle
        .require::<task_list::Entity>(path.task_list_id)
        .await?;
    circle.found(describe(circle.scope(), row))
}
