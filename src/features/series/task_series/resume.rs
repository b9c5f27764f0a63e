//! `resume_task_series`: a series goes on after a break.

use super::locked::LockedTaskSeries;
use super::rules::TaskSeriesVerb;
use super::types::{TaskSeries, TaskSeriesPath};
use crate::access::{CircleAccess, CirclePath, CreateTasks};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Resume a series of tasks.
///
/// Its tasks from today on are there again, with the members who had them before the break. The
/// dates in between have no tasks. The members who do the series or one of these tasks are told.
///
/// - 403 `forbidden`: coordinators and the patient can do it, caregivers if they created the series
///   or nobody else does it
/// - 409 `invalid_transition`: the series has ended
/// - 409 `limit_reached`: the circle has too many open tasks for those of the next sixty days
#[utoipa::path(
    post, path = "/circles/{circle_id}/task-series/{task_series_id}/resume", tag = "task series",
    params(CirclePath, TaskSeriesPath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The series", body = TaskSeries), Problem),
)]
pub async fn resume_task_series(
    app: App,
    circle: CircleAccess<CreateTasks>,
    Path(path): Path<TaskSeriesPath>,
) -> Result<Resource<TaskSeries>, Problem> {
    let mut series = LockedTaskSeries::open(&app, &circle, path.task_series_id).await?;
    if series.check_unless_in_effect(TaskSeriesVerb::Resume)? {
        series.go_on(TaskSeriesVerb::Resume).await?;
    }
    series.respond().await
}
