//! `get_message`: one message.

use sea_orm::{ColumnTrait, QueryFilter};

use super::store;
use super::types::{Message, MessagePath};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::{message, thread};
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::problem::Problem;

/// Get a message.
///
/// A deleted message keeps its place and has no text.
///
/// - 404 `not_found`: there is no such message in this circle, or you do not see it.
#[utoipa::path(
    get, path = "/circles/{circle_id}/messages/{message_id}", tag = "messages",
    params(CirclePath, MessagePath),
    security(("personal_access_token" = [TokenScope::MessagesRead])),
    responses((status = OK, description = "The message", body = Message), Problem),
)]
pub async fn get_message(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<MessagePath>,
) -> Result<Resource<Message>, Problem> {
    let one = circle
        .find::<message::Entity>()
        .filter(message::Column::Id.eq(path.message_id));
    let (row, author) = store::with_author(circle.scope(), one)
        .by_position::<(message::Model, Option<String>)>()
        .read_one(circle.db())
        .await?
        .ok_or(Problem::NotFound)?;
    let thread = circle.require::<thread::Entity>(row.thread_id).await?;
    let message = store::assemble(circle.scope(), &thread, row, author);
    circle.found(message)
}
