//! `list_tasks`: a page of the tasks of a circle, by time, with their assignments.

use sea_orm::{ColumnTrait, Condition, QueryFilter};
use serde::Deserialize;
use utoipa::ToSchema;

use super::store;
use super::types::Task;
use super::uncovered::uncovered_tasks;
use crate::access::{CircleAccess, CirclePath, MemberIdOrMe, ViewCircle, of_seen_appointment};
use crate::entity::ids::{AppointmentId, TaskListId, TaskSeriesId};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task::{self, Column, TaskCategory, TaskState};
use crate::entity::task_assignment::{self, TaskAssignmentState};
use crate::features::participation::{Work, with_part_in};
use crate::http::extract::Query;
use crate::http::pagination::{OrderBy, list_query, page_of};
use crate::http::response::Page;
use crate::platform::text::excerpt::Detail;
use crate::platform::time::civil::Instant;
use crate::problem::Problem;
use crate::schedule::due;

/// The order of the tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(title = "TaskSort")]
pub enum TaskSort {
    /// Due soonest first.
    #[serde(rename = "due_at")]
    DueAt,
    /// Due latest first.
    #[serde(rename = "-due_at")]
    DueAtLast,
    /// Oldest first.
    #[serde(rename = "created_at")]
    Created,
    /// Newest first.
    #[serde(rename = "-created_at")]
    CreatedLast,
}

list_query! {
    /// Which tasks to list.
    pub struct TaskQuery {
        /// Only tasks in one of these states.
        #[serde(default)]
        #[param(inline)]
        pub state: Vec<TaskState>,
        /// Only tasks in one of these categories.
        #[serde(default)]
        #[param(inline)]
        pub category: Vec<TaskCategory>,
        /// Only tasks of this task list.
        #[param(inline)]
        pub task_list_id: Option<TaskListId>,
        /// Only tasks of this series.
        #[param(inline)]
        pub series_id: Option<TaskSeriesId>,
        /// Only tasks that are linked to this appointment, if you see it.
        #[param(inline)]
        pub appointment_id: Option<AppointmentId>,
        /// Only tasks that this member has claimed or completed, or that are offered to
        /// them and need more people. `me` stands for yourself.
        #[param(inline)]
        pub assigned_member_id: Option<MemberIdOrMe>,
        /// With `true` only open tasks that need more people. Tasks with a `starts_local`
        /// count only until they are due.
        pub uncovered: Option<bool>,
        /// Only tasks that are not over at this moment: due then or later. A date lasts
        /// until its end in your own time zone. Tasks without a due time are left out.
        #[param(inline)]
        pub from: Option<Instant>,
        /// Only tasks that begin before this moment: due before it, or with a
        /// `starts_local` before it. A date begins at midnight in your own time zone.
        #[param(inline)]
        pub to: Option<Instant>,
        /// The order of the tasks. Default: `due_at`.
        #[param(inline)]
        pub sort: Option<TaskSort>,
    }
}

page_of!(TaskPage, Task);

/// List tasks.
///
/// You get the tasks that you see, each with its assignments. Tasks that are due soonest
/// come first, tasks without a due time last. Long texts are cut, and `truncated_fields` names
/// them.
#[utoipa::path(
    get, path = "/circles/{circle_id}/tasks", tag = "tasks", params(CirclePath, TaskQuery),
    security(("personal_access_token" = [TokenScope::TasksRead])),
    responses((status = OK, description = "A page of tasks", body = TaskPage), Problem),
)]
pub async fn list_tasks(
    circle: CircleAccess<ViewCircle>,
    Query(query): Query<TaskQuery>,
) -> Result<Page<TaskPage>, Problem> {
    let listing = circle.listing("tasks", &query)?;
    let uncovered = query.uncovered == Some(true);
    let window = circle.window(query.from, query.to);
    // The filter for uncovered tasks depends on the time: they drop out as time passes.
    let (etag, now) = circle.tag_in(&window, uncovered)?;

    let order = match query.sort.unwrap_or(TaskSort::DueAt) {
        TaskSort::DueAt => OrderBy::ascending(Column::SortAt, Column::Id),
        TaskSort::DueAtLast => OrderBy::descending(Column::SortAt, Column::Id),
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
    if let Some(task_list_id) = query.task_list_id {
        rows = rows.filter(Column::TaskListId.eq(task_list_id));
    }
    if let Some(series_id) = query.series_id {
        rows = rows.filter(Column::SeriesId.eq(series_id));
    }
    if let Some(id) = query.appointment_id {
        let of_it = of_seen_appointment::<task::Entity>(circle.scope(), Column::AppointmentId, id);
        rows = rows.filter(of_it);
    }
    if window.has_from() {
        rows = rows.filter(Column::SortAt.lt(due::never()));
    }
    if let Some(member) = query.assigned_member_id {
        let member = member.resolve(circle.scope())?;
        let part_in = |states: &[TaskAssignmentState]| {
            with_part_in::<task_assignment::Entity>(circle.scope(), member, states)
        };
        let taken = part_in(&[
            TaskAssignmentState::Accepted,
            TaskAssignmentState::Completed,
        ]);
        let offered = part_in(&[TaskAssignmentState::Offered]).add(task::Entity::is_uncovered());
        rows = rows.filter(Condition::any().add(taken).add(offered));
    }
    if uncovered {
        rows = rows.filter(uncovered_tasks(now));
    }
    let rows = store::with_appointments(circle.scope(), rows);
    let (rows, next_cursor) = listing.page_with(circle.db(), rows, order, |_| 0).await?;
    let data = store::describe_all(circle.db(), circle.scope(), rows, Detail::Excerpt).await?;
    Page::known(&TaskPage { data, next_cursor }, etag)
}
