//! `create_task_comment`: comments on a task.

use super::item::comment_on;
use crate::access::{CircleAccess, CirclePath, WriteMessages};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task;
use crate::features::tasks::TaskPath;
use crate::features::threads::messages::{CreateMessageRequest, Message};
use crate::http::extract::{Json, Path};
use crate::http::response::Created;
use crate::problem::Problem;

/// Comment on a task.
///
/// Adds a message to the thread of the task. The first comment creates that thread. Members
/// who see the task see its comments, whenever they joined, and you can mention only them. You
/// can comment in every state of the task. Nobody is told by email.
///
/// - 403 `forbidden`: viewers who are not the patient cannot write messages.
/// - 404 `not_found`: there is no such task, or you do not see its topic.
/// - 409 `limit_reached`: the task has too many comments.
/// - 409 `id_reused`, `id_taken`: something else has this `id`. Choose another one.
/// - 422 `unknown_message`: `reply_to_message_id` is no comment of this task.
/// - 422 `unknown_member`: a member in `mentioned_member_ids` is not active or does not see the
///   task.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/comments", tag = "messages",
    params(CirclePath, TaskPath),
    security(("personal_access_token" = [TokenScope::MessagesWrite])),
    responses((status = CREATED, description = "The comment", body = Message), Problem),
)]
pub async fn create_task_comment(
    app: App,
    circle: CircleAccess<WriteMessages>,
    Path(path): Path<TaskPath>,
    Json(new): Json<CreateMessageRequest>,
) -> Result<Created<Message>, Problem> {
    comment_on::<task::Entity>(&app, &circle, path.task_id, new).await
}
