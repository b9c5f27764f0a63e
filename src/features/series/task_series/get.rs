//! `get_task_series`: one series of tasks with its members.

use super::store;
use super::types::{TaskSeries, TaskSeriesPath};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task_series;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Get a series of tasks.
///
/// The answer has the whole texts, the members and what you may do now. List its tasks with
/// `GET /v1/circles/{circle_id}/tasks` and `series_id`.
///
/// - 404 `not_found`: there is no such series, or you do not see its topic
#[utoipa::path(
    get, path = "/circles/{circle_id}/task-series/{task_series_id}", tag = "task series",
    params(CirclePath, TaskSeriesPath),
    security(("personal_access_token" = [TokenScope::TasksRead])),
    responses((status = OK, description = "The series", body = TaskSeries), Problem),
)]
pub async fn get_task_series(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<TaskSeriesPath>,
) -> Result<Resource<TaskSeries>, Problem> {
    let row = circle
        .require::<task_series::Entity>(path.task_series_id)
        .await?;
    let series = store::describe(circle.db(), circle.scope(), row).await?;
    circle.found(series)
}
