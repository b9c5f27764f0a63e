//! `release_task_series`: the caller does not do a series of tasks any more.

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use super::locked::LockedTaskSeries;
use super::rules::TaskSeriesVerb;
use super::types::{TaskSeries, TaskSeriesPath};
use crate::access::{CircleAccess, CirclePath, ClaimTasks, OrOfMember};
use crate::app::App;
use crate::entity::ids::MemberId;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task::{self, Column, TaskState};
use crate::entity::task_assignment;
use crate::entity::task_series_member::SeriesMemberState;
use crate::features::participation::{
    OnBehalfOfRequest, Releasing, part_of, parts_of, release_many, released_by,
};
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::notifications;
use crate::notify::subject::Subject;
use crate::problem::Problem;

/// Release a series of tasks.
///
/// You give back the series, and every task of it that you hold and that has not begun. The member
/// who asked you and the coordinators are told once, not for each task.
///
/// The body may be left out.
///
/// - 403 `forbidden`: viewers cannot release tasks
/// - 409 `invalid_transition`: the series has ended, or you do not do it
/// - 422 `member_has_account`, `unknown_member`: you can act only for an active member without an
///   account
#[utoipa::path(
    post, path = "/circles/{circle_id}/task-series/{task_series_id}/release", tag = "task series",
    params(CirclePath, TaskSeriesPath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The series", body = TaskSeries), Problem),
)]
pub async fn release_task_series(
    app: App,
    circle: CircleAccess<OrOfMember<ClaimTasks>>,
    Path(path): Path<TaskSeriesPath>,
    body: Option<Json<OnBehalfOfRequest>>,
) -> Result<Resource<TaskSeries>, Problem> {
    let mut series = LockedTaskSeries::open(&app, &circle, path.task_series_id).await?;
    series.act_for(OnBehalfOfRequest::member(body)).await?;
    if series.check_unless_in_effect(TaskSeriesVerb::Release)? {
        let me = series.write.scope().member_id().ok_or(Problem::NotFound)?;
        series.put_part(me, SeriesMemberState::Released)?;
        series.touch_later()?;
        series.log(TaskSeriesVerb::Release, Vec::new()).await?;
        series.release_tasks_of(me).await?;
    }
    series.respond().await
}

impl LockedTaskSeries {
    /// Takes the tasks that have not begun off the member, and tells the members who relied on them.
    async fn release_tasks_of(&mut self, member: MemberId) -> Result<(), Problem> {
        let zone = self.write.scope().time_zone().to_owned();
        let mut open = self
            .write
            .find::<task::Entity>()
            .filter(Column::SeriesId.eq(self.row.id))
            .filter(Column::State.eq(TaskState::Open))
            .filter(Column::SortAt.gt(self.write.now()))
            .order_by_asc(Column::SortAt)
            .all(self.write.tx())
            .await?;
        let now = self.write.now();
        open.retain(|row| task::Entity::starts_at(row, &zone).is_none_or(|at| at > now));
        let parts =
            parts_of::<task_assignment::Entity>(self.write.tx(), self.write.scope(), &open).await?;
        let holds = |row: &task::Model| {
            let of_row = parts.iter().filter(|part| part.task_id == row.id);
            let of_row: Vec<_> = of_row.cloned().collect();
            let part = part_of::<task_assignment::Entity>(&of_row, member)?;
            let is_open =
                <task_assignment::Entity as crate::features::participation::Part>::is_open;
            is_open(part).then_some(of_row)
        };
        let held = open.into_iter().filter_map(|row| {
            let parts = holds(&row)?;
            Some(Releasing {
                row,
                parts,
                reassign_to: None,
            })
        });
        let held: Vec<Releasing<task::Entity>> = held.collect();
        let next = held
            .first()
            .and_then(|next| task::Entity::starts_at(&next.row, &zone));
        release_many::<task::Entity>(&mut self.write, member, held).await?;
        let Some(my_part) = self.my_part() else {
            return Ok(());
        };
        let mut notification = self.notification(NotificationKind::Released);
        if let Some(next) = next {
            notification = notification.starting_at(next);
        }
        let notification =
            released_by::<crate::entity::task_series_member::Entity>(notification, my_part);
        notifications::notify(&self.write, vec![notification]).await
    }
}
