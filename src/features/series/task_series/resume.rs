//! `resume_task_series`: a series goes on after a break.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::locked::LockedTaskSeries;
use super::rules::TaskSeriesVerb;
use super::subject::repetition_of;
use super::types::{TaskSeries, TaskSeriesPath};
use crate::access::{CircleAccess, CirclePath, CreateTasks};
use crate::app::App;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task_series::SeriesState;
use crate::features::series::reach::horizon;
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
        let today = repetition_of(&series.row).today(&series.write);
        let mut row = series.row.clone().into_active_model();
        row.state = Set(SeriesState::Active);
        row.made_until = Set(horizon(today));
        series
            .save_later(TaskSeriesVerb::Resume, row, vec!["state"])
            .await?;
        let outcome = series.make_tasks().await?;
        series
            .notify_concerned(NotificationKind::Reinstated, outcome.back_on)
            .await?;
    }
    series.respond().await
}
