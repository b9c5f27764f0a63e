//! `list_task_series`: a page of the series of tasks of a circle, with their members.

use sea_orm::{ColumnTrait, QueryFilter};

use super::store;
use super::types::TaskSeries;
use crate::access::{CircleAccess, CirclePath, MemberIdOrMe, ViewCircle};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task_series::{self, Column, SeriesState};
use crate::entity::task_series_member;
use crate::features::participation::{Part, with_part_in};
use crate::http::extract::Query;
use crate::http::pagination::{OrderBy, list_query, page_of};
use crate::http::response::Page;
use crate::platform::text::excerpt::Detail;
use crate::problem::Problem;

list_query! {
    /// Which series to list.
    pub struct TaskSeriesQuery {
        /// Only series in one of these states. Default: `active` and `paused`.
        #[serde(default)]
        #[param(inline)]
        pub state: Vec<SeriesState>,
        /// Only series that this member does, or that are offered to them. `me` stands for yourself.
        #[param(inline)]
        pub assigned_member_id: Option<MemberIdOrMe>,
    }
}

page_of!(TaskSeriesPage, TaskSeries);

/// List series of tasks.
///
/// You get the series that you see in the order in which they were created, each with its members.
/// Series that have ended are listed only if you ask for them with `state`. Long texts are cut, and
/// `truncated_fields` names them.
#[utoipa::path(
    get, path = "/circles/{circle_id}/task-series", tag = "task series",
    params(CirclePath, TaskSeriesQuery),
    security(("personal_access_token" = [TokenScope::TasksRead])),
    responses((status = OK, description = "A page of series", body = TaskSeriesPage), Problem),
)]
pub async fn list_task_series(
    circle: CircleAccess<ViewCircle>,
    Query(mut query): Query<TaskSeriesQuery>,
) -> Result<Page<TaskSeriesPage>, Problem> {
    if query.state.is_empty() {
        query.state = vec![SeriesState::Active, SeriesState::Paused];
    }
    let listing = circle.listing("task_series", &query)?;
    let etag = circle.collection_tag()?;
    let mut rows = circle
        .find::<task_series::Entity>()
        .filter(Column::State.is_in(query.state));
    if let Some(member) = query.assigned_member_id {
        let member = member.resolve(circle.scope())?;
        let open = task_series_member::Entity::OPEN;
        let theirs = with_part_in::<task_series_member::Entity>(circle.scope(), member, &open);
        rows = rows.filter(theirs);
    }
    let order = OrderBy::ascending(Column::CreatedAt, Column::Id);
    let (rows, next_cursor) = listing.page(circle.db(), rows, order).await?;
    let data = store::describe_all(circle.db(), circle.scope(), rows, Detail::Excerpt).await?;
    Page::known(&TaskSeriesPage { data, next_cursor }, etag)
}
