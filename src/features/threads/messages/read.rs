//! `read_message`: one message.

use super::store;
use super::types::{Message, MessagePath};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_token::TokenScope;
use crate::entity::{message, thread};
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Read a message.
///
/// A deleted one keeps its place and shows no text.
#[utoipa::path(
    get, path = "/circles/{circle_id}/messages/{message_id}", tag = "messages",
    params(CirclePath, MessagePath),
    security(("access_token" = [TokenScope::MessagesRead])),
    responses((status = OK, description = "The message", body = Message), Problem),
)]
pub async fn read_message(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<MessagePath>,
) -> Result<Resource<Message>, Problem> {
    let row = circle.require::<message::Entity>(path.message_id).await?;
    let thread = circle.require::<thread::Entity>(row.thread_id).await?;
    let message = store::describe_message(circle.db(), circle.scope(), &thread, row).await?;
    circle.found(message)
}
