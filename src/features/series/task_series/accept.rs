//! `accept_task_series`: the caller accepts a series of tasks, or their turns in it.

use super::locked::LockedTaskSeries;
use super::rules::TaskSeriesVerb;
use super::types::{TaskSeries, TaskSeriesPath};
use crate::access::{CircleAccess, CirclePath, ClaimTasks, OrOfMember};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::features::participation::OnBehalfOfRequest;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::problem::Problem;

/// Accept a series of tasks.
///
/// You do every task of it that still needs somebody, or those of your turns, also those that the
/// server makes later. You accept once. Nobody is told.
///
/// The body may be left out.
///
/// - 403 `forbidden`: viewers cannot claim tasks
/// - 409 `invalid_transition`: the series has ended, or it is not offered to you
/// - 422 `member_has_account`, `unknown_member`: you can act only for an active member without an
///   account
#[utoipa::path(
    post, path = "/circles/{circle_id}/task-series/{task_series_id}/accept", tag = "task series",
    params(CirclePath, TaskSeriesPath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The series", body = TaskSeries), Problem),
)]
pub async fn accept_task_series(
    app: App,
    circle: CircleAccess<OrOfMember<ClaimTasks>>,
    Path(path): Path<TaskSeriesPath>,
    body: Option<Json<OnBehalfOfRequest>>,
) -> Result<Resource<TaskSeries>, Problem> {
    let mut series = LockedTaskSeries::open(&app, &circle, path.task_series_id).await?;
    series.act_for(OnBehalfOfRequest::member(body)).await?;
    series.take_on(TaskSeriesVerb::Accept).await?;
    series.respond().await
}
