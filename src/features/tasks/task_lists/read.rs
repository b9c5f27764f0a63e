//! `read_task_list`: one list, without its tasks.

use super::store::describe;
use super::types::{TaskList, TaskListPath};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_token::TokenScope;
use crate::entity::task_list;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Read a task list.
///
/// The list alone; its tasks are found by `list_id` among the tasks.
#[utoipa::path(
    get, path = "/circles/{circle_id}/task-lists/{task_list_id}", tag = "task lists",
    params(CirclePath, TaskListPath),
    security(("access_token" = [TokenScope::TasksRead])),
    responses((status = OK, description = "The list", body = TaskList), Problem),
)]
pub async fn read_task_list(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<TaskListPath>,
) -> Result<Resource<TaskList>, Problem> {
    let row = circle
        .require::<task_list::Entity>(path.task_list_id)
        .await?;
    circle.found(describe(circle.scope(), row))
}
