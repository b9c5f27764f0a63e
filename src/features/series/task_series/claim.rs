//! `claim_task_series`: the caller does every task of a series.

use super::locked::LockedTaskSeries;
use super::rules::TaskSeriesVerb;
use super::subject::repetition_of;
use super::types::{TaskSeries, TaskSeriesPath};
use crate::access::{CircleAccess, CirclePath, ClaimTasks, OrOfMember};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task_series_member::SeriesMemberState;
use crate::features::participation::OnBehalfOfRequest;
use crate::features::series::reach::Reach;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::problem::{Conflict, Problem, ProblemCode};

/// Claim a series of tasks.
///
/// You do every task of it that still needs somebody, also those that were changed by themselves and
/// those that the server makes later, and get their reminders. A task that is offered to you counts
/// as accepted. A task of which you have declined or released your part before stays as it is.
/// Overlaps with other things are not checked: release a single task that you cannot do. Nobody
/// is told.
///
/// The body may be left out.
///
/// - 403 `forbidden`: viewers cannot claim tasks
/// - 409 `invalid_transition`: the series has ended
/// - 409 `takes_turns`: the members take turns
/// - 422 `member_has_account`, `unknown_member`: you can act only for an active member without an
///   account
#[utoipa::path(
    post, path = "/circles/{circle_id}/task-series/{task_series_id}/claim", tag = "task series",
    params(CirclePath, TaskSeriesPath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The series", body = TaskSeries), Problem),
)]
pub async fn claim_task_series(
    app: App,
    circle: CircleAccess<OrOfMember<ClaimTasks>>,
    Path(path): Path<TaskSeriesPath>,
    body: Option<Json<OnBehalfOfRequest>>,
) -> Result<Resource<TaskSeries>, Problem> {
    let mut series = LockedTaskSeries::open(&app, &circle, path.task_series_id).await?;
    series.act_for(OnBehalfOfRequest::member(body)).await?;
    series.take_on(TaskSeriesVerb::Claim).await?;
    series.respond().await
}

impl LockedTaskSeries {
    /// The caller does the series from now on, or the tasks of their turns.
    pub(super) async fn take_on(&mut self, verb: TaskSeriesVerb) -> Result<(), Problem> {
        if !self.check_unless_in_effect(verb)? {
            return Ok(());
        }
        if verb == TaskSeriesVerb::Claim && self.row.turns_from.is_some() {
            let detail = "Members take turns in this series. Ask who arranges it for a turn.";
            return Err(Conflict::of(ProblemCode::TakesTurns, detail).into());
        }
        let me = self.write.scope().member_id().ok_or(Problem::NotFound)?;
        self.put_part(me, SeriesMemberState::Accepted)?;
        self.touch_later()?;
        self.log(verb, Vec::new()).await?;
        let reach = Reach {
            taken_on_by: Some(me),
            ..Reach::to_come(&self.write, &repetition_of(&self.row))
        };
        self.make_occurrences_in(reach).await?;
        Ok(())
    }
}
