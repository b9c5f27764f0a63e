//! `decline_task_series`: the caller does not take on a series of tasks.

use super::locked::LockedTaskSeries;
use super::rules::TaskSeriesVerb;
use super::types::{TaskSeries, TaskSeriesPath};
use crate::access::{CircleAccess, CirclePath, ClaimTasks, OrOfMember};
use crate::app::App;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task_series_member::SeriesMemberState;
use crate::features::participation::OnBehalfOfRequest;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::problem::Problem;

/// Decline a series of tasks.
///
/// No reason is asked for. The tasks of your turns, if you were asked for turns, stay open. The
/// member who asked you is told.
///
/// The body may be left out.
///
/// - 403 `forbidden`: viewers cannot decline tasks
/// - 409 `invalid_transition`: the series has ended, or it is not offered to you
/// - 422 `member_has_account`, `unknown_member`: you can act only for an active member without an
///   account
#[utoipa::path(
    post, path = "/circles/{circle_id}/task-series/{task_series_id}/decline", tag = "task series",
    params(CirclePath, TaskSeriesPath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The series", body = TaskSeries), Problem),
)]
pub async fn decline_task_series(
    app: App,
    circle: CircleAccess<OrOfMember<ClaimTasks>>,
    Path(path): Path<TaskSeriesPath>,
    body: Option<Json<OnBehalfOfRequest>>,
) -> Result<Resource<TaskSeries>, Problem> {
    let mut series = LockedTaskSeries::open(&app, &circle, path.task_series_id).await?;
    series.act_for(OnBehalfOfRequest::member(body)).await?;
    if series.check_unless_in_effect(TaskSeriesVerb::Decline)? {
        let me = series.write.scope().member_id().ok_or(Problem::NotFound)?;
        series.put_part(me, SeriesMemberState::Declined)?;
        series.touch_later()?;
        series.log(TaskSeriesVerb::Decline, Vec::new()).await?;
        series.notify_who_relied(NotificationKind::Declined).await?;
    }
    series.respond().await
}
