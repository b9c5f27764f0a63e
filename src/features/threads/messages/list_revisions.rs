//! `list_message_revisions`: a page of the revisions of a message.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, QueryFilter};
use serde::Serialize;
use utoipa::ToSchema;

use super::types::{MessagePath, MessageQuery};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::{message, message_edit};
use crate::http::extract::{Path, Query};
use crate::http::pagination::{OrderBy, page_of};
use crate::http::response::Page;
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;

/// The text of a message before it was edited.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "message_version": 1,
    "body": "She slept well. The nurse comes at ten.",
    "created_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct MessageRevision {
    /// The version of the message that had this text.
    pub message_version: i32,
    /// The text of the message at that version.
    pub body: String,
    /// When that text was written.
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
}

page_of!(MessageRevisionPage, MessageRevision);

/// List the earlier revisions of a message.
///
/// Lists the texts that the message had before it was edited, the newest first. Every member who
/// sees the message sees them.
#[utoipa::path(
    get, path = "/circles/{circle_id}/messages/{message_id}/revisions", tag = "messages",
    params(CirclePath, MessagePath, MessageQuery),
    security(("personal_access_token" = [TokenScope::MessagesRead])),
    responses((status = OK, description = "A page of revisions", body = MessageRevisionPage), Problem),
)]
pub async fn list_message_revisions(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<MessagePath>,
    Query(query): Query<MessageQuery>,
) -> Result<Page<MessageRevisionPage>, Problem> {
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
    let describe = |row: message_edit::Model| MessageRevision {
        message_version: row.message_version,
        body: row.body,
        created_at: row.written_at,
    };
    let data = rows.into_iter().map(describe).collect();
    Page::known(&MessageRevisionPage { data, next_cursor }, etag)
}
