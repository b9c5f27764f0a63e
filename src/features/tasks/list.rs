//! `list_tasks`: a page of the tasks of a circle, by time, with their assignments.

use sea_orm::{ColumnTrait, Condition, QueryFilter};
use serde::Deserialize;
use utoipa::ToSchema;

use super::store;
use super::types::Task;
use super::uncovered::uncovered_tasks;
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::ids::{MemberId, TaskListId};
use crate::entity::personal_token::TokenScope;
use crate::entity::task::{self, Column, TaskCategory, TaskState};
use crate::entity::task_assignment::{self, AssignmentState};
use crate::features::participation::{Work, with_part_in};
use crate::http::extract::Query;
use crate::http::pagination::{OrderBy, list_query, page_of};
use crate::http::response::Page;
use crate::platform::text::excerpt::Detail;
use crate::platform::time::civil::Instant;
use crate::problem::Problem;
use crate::schedule::due;

/// In which order tasks are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
pub enum TaskSort {
    /// Soonest due first.
    #[serde(rename = "due")]
    Due,
    /// Latest due first.
    #[serde(rename = "-due")]
    DueLast,
    /// Oldest first.
    #[serde(rename = "created_at")]
    Created,
    /// Newest first.
    #[serde(rename = "-created_at")]
    CreatedLast,
}

list_query! {
    /// Which tasks.
    pub struct TaskQuery {
        /// Only tasks in one of these states.
        #[serde(default)]
        #[param(inline)]
        pub state: Vec<TaskState>,
        /// Only tasks of one of these categories.
        #[serde(default)]
        #[param(inline)]
        pub category: Vec<TaskCategory>,
        /// Only tasks of this list.
        #[param(inline)]
        pub list_id: Option<TaskListId>,
        /// Only tasks that this member holds or has done, or has been offered while a
        /// place is free.
        #[param(inline)]
        pub assigned_to: Option<MemberId>,
        /// Only open tasks that need more people (`true`), not those whose window has
        /// closed.
        pub uncovered: Option<bool>,
        /// Only tasks that are not over at this moment: due at it or later, or with a
        /// window that closes later. A date counts until it is over in your own time
        /// zone. None without a due time.
        #[param(inline)]
        pub from: Option<Instant>,
        /// Only tasks that begin before this moment: due before it, or with a window
        /// that opens before it. A date begins with its midnight in your own time zone.
        #[param(inline)]
        pub to: Option<Instant>,
        /// Default: `due`.
        #[param(inline)]
        pub sort: Option<TaskSort>,
    }
}

page_of!(TaskPage, Task);

/// List tasks.
///
/// Soonest due first; what has no due date comes last. Each task embeds its
/// assignments.
#[utoipa::path(
    get, path = "/circles/{circle_id}/tasks", tag = "tasks", params(CirclePath, TaskQuery),
    security(("access_token" = [TokenScope::TasksRead])),
    responses((status = OK, description = "A page of tasks", body = TaskPage), Problem),
)]
pub async fn list_tasks(
    circle: CircleAccess<ViewCircle>,
    Query(query): Query<TaskQuery>,
) -> Result<Page<TaskPage>, Problem> {
    let listing = circle.listing("tasks", &query)?;
    let uncovered = query.uncovered == Some(true);
    let window = circle.window(query.from, query.to);
    // Only what needs more people drops out of the list as time passes.
    let (etag, now) = circle.tag_in(&window, uncovered)?;

    let order = match query.sort.unwrap_or(TaskSort::Due) {
        TaskSort::Due => OrderBy::ascending(Column::SortAt, Column::Id),
        TaskSort::DueLast => OrderBy::descending(Column::SortAt, Column::Id),
        TaskSort::Created => OrderBy::ascending(Column::CreatedAt, Column::Id),
        TaskSort::CreatedLast => OrderBy::descending(Column::CreatedAt, Column::Id),
    };
    let mut rows = circle
        .find::<task::Entity>()
        .filter(window.condition::<task::Entity>());
    if !query.state.is_empty() {
        rows = rows.filter(Column::State.is_in(query.state.iter().copied()));
    }
    if !query.category.is_empty() {
        rows = rows.filter(Column::Category.is_in(query.category.iter().copied()));
    }
    if let Some(list_id) = query.list_id {
        rows = rows.filter(Column::ListId.eq(list_id));
    }
    if window.has_from() {
        rows = rows.filter(Column::SortAt.lt(due::never()));
    }
    if let Some(member) = query.assigned_to {
        let part_in = |states: &[AssignmentState]| {
            with_part_in::<task_assignment::Entity>(circle.scope(), member, states)
        };
        let taken = part_in(&[AssignmentState::Accepted, AssignmentState::Done]);
        let offered = part_in(&[AssignmentState::Offered]).add(task::Entity::with_room());
        rows = rows.filter(Condition::any().add(taken).add(offered));
    }
    if uncovered {
        rows = rows.filter(uncovered_tasks(now));
    }
    let (rows, next_cursor) = listing.page(circle.db(), rows, order).await?;
    let data = store::describe_all(circle.db(), circle.scope(), rows, Detail::Excerpt).await?;
    Page::known(&TaskPage { data, next_cursor }, etag)
}
