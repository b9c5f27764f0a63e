//! `list_messages`: a page of the messages of a thread, which their size limits as well.

use sea_orm::{ColumnTrait, QueryFilter};

use super::super::types::ThreadPath;
use super::store;
use super::types::{Message, MessageQuery};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::{message, thread};
use crate::http::extract::{Path, Query};
use crate::http::pagination::{Listing, OrderBy, page_of};
use crate::http::response::Page;
use crate::problem::Problem;

page_of!(MessagePage, Message);

/// List the messages of a thread.
///
/// Lists the newest message first. A deleted message keeps its place. In a direct thread you see
/// only messages from after you joined the circle. If you are a helper or a viewer, and not the
/// patient, that is the same in threads about a topic.
#[utoipa::path(
    get, path = "/circles/{circle_id}/threads/{thread_id}/messages", tag = "messages",
    params(CirclePath, ThreadPath, MessageQuery),
    security(("personal_access_token" = [TokenScope::MessagesRead])),
    responses((status = OK, description = "A page of messages", body = MessagePage), Problem),
)]
pub async fn list_messages(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<ThreadPath>,
    Query(query): Query<MessageQuery>,
) -> Result<Page<MessagePage>, Problem> {
    let listing = circle.listing(format_args!("messages {}", path.thread_id), &query)?;
    let thread = circle.require::<thread::Entity>(path.thread_id).await?;
    page_of_thread(&circle, &listing, Some(&thread)).await
}

/// A page of the messages of a thread; an empty one without a thread.
pub(in crate::features::threads) async fn page_of_thread(
    circle: &CircleAccess<ViewCircle>,
    listing: &Listing,
    thread: Option<&thread::Model>,
) -> Result<Page<MessagePage>, Problem> {
    use message::Column;
    let etag = circle.collection_tag()?;
    let Some(thread) = thread else {
        let (data, next_cursor) = (Vec::new(), None);
        return Page::known(&MessagePage { data, next_cursor }, etag);
    };

    let rows = circle
        .find::<message::Entity>()
        .filter(Column::ThreadId.eq(thread.id));
    let rows = store::with_author(circle.scope(), rows);
    let order = OrderBy::number_descending(Column::Number);
    let size = |row: &message::Model| row.body.as_ref().map_or(0, String::len);
    let (rows, next_cursor) = listing.page_with(circle.db(), rows, order, size).await?;
    let describe = |(row, author)| store::assemble(circle.scope(), thread, row, author);
    let data = rows.into_iter().map(describe).collect();
    Page::known(&MessagePage { data, next_cursor }, etag)
}
