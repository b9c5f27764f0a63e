//! `list_task_lists`: a page of the task lists of a circle.

use super::store::describe;
use super::types::TaskList;
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task_list;
use crate::http::extract::Query;
use crate::http::pagination::{OrderBy, list_query, page_of};
use crate::http::response::Page;
use crate::problem::Problem;

list_query! {
    /// Which task lists to list.
    pub struct TaskListQuery {}
}

page_of!(TaskListPage, TaskList);

/// List task lists.
///
/// Task lists come in the order in which they were created. To show them by `position`,
/// sort them in your client.
#[utoipa::path(
    get, path = "/circles/{circle_id}/task-lists", tag = "task lists",
    params(CirclePath, TaskListQuery),
    security(("personal_access_token" = [TokenScope::TasksRead])),
    responses((status = OK, description = "A page of task lists", body = TaskListPage), Problem),
)]
pub async fn list_task_lists(
    circle: CircleAccess<ViewCircle>,
    Query(query): Query<TaskListQuery>,
) -> Result<Page<TaskListPage>, Problem> {
    use task_list::Column;
    let listing = circle.listing("task lists", &query)?;
    let etag = circle.collection_tag()?;
    let rows = circle.find::<task_list::Entity>();
    let order = OrderBy::ascending(Column::CreatedAt, Column::Id);
    let (rows, next_cursor) = listing.page(circle.db(), rows, order).await?;
    let data = rows
        .into_iter()
        .map(|row| describe(circle.scope(), row))
        .collect();
    Page::known(&TaskListPage { data, next_cursor }, etag)
}
