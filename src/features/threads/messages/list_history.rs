//! `list_message_history`: a page of what a message said before it was edited.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, QueryFilter};
use serde::Serialize;
use utoipa::ToSchema;

use super::types::{MessagePath, MessageQuery};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_token::TokenScope;
use crate::entity::{message, message_edit};
use crate::http::extract::{Path, Query};
use crate::http::pagination::{OrderBy, page_of};
use crate::http::response::Page;
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;

/// What a message said before it was edited.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "message_version": 1,
    "body": "She slept well. The nurse comes at ten.",
    "written_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct EarlierBody {
    /// The version of the message that said so.
    pub message_version: i32,
    pub body: String,
    #[serde(serialize_with = "in_milliseconds")]
    pub written_at: DateTime<Utc>,
}

page_of!(EarlierBodyPage, EarlierBody);

/// See what a message said before it was edited.
///
/// The newest of the earlier bodies first.
#[utoipa::path(
    get, path = "/circles/{circle_id}/messages/{message_id}/history", tag = "messages",
    params(CirclePath, MessagePath, MessageQuery),
    security(("access_token" = [TokenScope::MessagesRead])),
    responses((status = OK, description = "A page of bodies", body = EarlierBodyPage), Problem),
)]
pub async fn list_message_history(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<MessagePath>,
    Query(query): Query<MessageQuery>,
) -> Result<Page<EarlierBodyPage>, Problem> {
    use message_edit::Column;
    let listing = circle.listing(format_args!("history {}", path.message_id), &query)?;
    let message = circle.require::<message::Entity>(path.message_id).await?;
    let etag = circle.collection_tag()?;

    let rows = circle
        .find::<message_edit::Entity>()
        .filter(Column::MessageId.eq(message.id));
    let order = OrderBy::number_descending(Column::MessageVersion);
    let size = |row: &message_edit::Model| row.body.len();
    let (rows, next_cursor) = listing.page_by_size(circle.db(), rows, order, size).await?;
    let describe = |row: message_edit::Model| EarlierBody {
        message_version: row.message_version,
        body: row.body,
        written_at: row.written_at,
    };
    let data = rows.into_iter().map(describe).collect();
    Page::known(&EarlierBodyPage { data, next_cursor }, etag)
}
