//! `end_task_series`: a series is over.

use super::locked::LockedTaskSeries;
use super::rules::TaskSeriesVerb;
use super::types::{TaskSeries, TaskSeriesPath};
use crate::access::{CircleAccess, CirclePath, CreateTasks};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task_series::SeriesState;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// End a series of tasks.
///
/// Its tasks that have not begun are canceled, and their reminders with them. What was done, and
/// tasks that were changed by themselves, stay. An ended series cannot go on: create another. The
/// members who do the series or one of these tasks are told.
///
/// - 403 `forbidden`: coordinators and the patient can do it, caregivers if they created the series
///   or nobody else does it
#[utoipa::path(
    post, path = "/circles/{circle_id}/task-series/{task_series_id}/end", tag = "task series",
    params(CirclePath, TaskSeriesPath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The series", body = TaskSeries), Problem),
)]
pub async fn end_task_series(
    app: App,
    circle: CircleAccess<CreateTasks>,
    Path(path): Path<TaskSeriesPath>,
) -> Result<Resource<TaskSeries>, Problem> {
    let mut series = LockedTaskSeries::open(&app, &circle, path.task_series_id).await?;
    if series.check_unless_in_effect(TaskSeriesVerb::End)? {
        series.stop(TaskSeriesVerb::End, SeriesState::Ended).await?;
    }
    series.respond().await
}
