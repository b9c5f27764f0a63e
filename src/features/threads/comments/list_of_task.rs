//! `list_task_comments`: a page of the comments of a task.

use super::item::list_comments;
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task;
use crate::features::tasks::TaskPath;
use crate::features::threads::messages::{MessagePage, MessageQuery};
use crate::http::extract::{Path, Query};
use crate::http::response::Page;
use crate::problem::Problem;

/// List the comments of a task.
///
/// Lists the newest comment first. A deleted comment keeps its place. To mark them as read, send
/// `POST …/threads/{thread_id}/mark-read` with the `thread_id` of the task.
///
/// - 404 `not_found`: there is no such task, or you do not see its topic.
#[utoipa::path(
    get, path = "/circles/{circle_id}/tasks/{task_id}/comments", tag = "messages",
    params(CirclePath, TaskPath, MessageQuery),
    security(("personal_access_token" = [TokenScope::MessagesRead])),
    responses((status = OK, description = "A page of comments", body = MessagePage), Problem),
)]
pub async fn list_task_comments(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<TaskPath>,
    Query(query): Query<MessageQuery>,
) -> Result<Page<MessagePage>, Problem> {
    list_comments::<task::Entity>(&circle, path.task_id, &query).await
}
