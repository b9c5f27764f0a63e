//! `list_threads`: a page of the threads of a circle, the most recently active first.

use sea_orm::{ColumnTrait, QueryFilter};

use super::store::{self, ThreadRow};
use super::types::Thread;
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::thread::{self, Column, ThreadKind, ThreadState};
use crate::http::extract::Query;
use crate::http::pagination::{OrderBy, Position, list_query, page_of};
use crate::http::response::Page;
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::problem::Problem;

list_query! {
    /// Which threads to list.
    pub struct ThreadQuery {
        /// Only threads in one of these states.
        #[serde(default)]
        #[param(inline)]
        pub state: Vec<ThreadState>,
        /// Only threads of one of these kinds. Default: all kinds but `item`, which are the
        /// comments of tasks and appointments.
        #[serde(default)]
        #[param(inline)]
        pub kind: Vec<ThreadKind>,
    }
}

page_of!(ThreadPage, Thread);

/// List threads.
///
/// Lists the threads that you see, the one with the newest activity first. Each thread has its
/// newest message and the number of messages that you have not read. Comments of tasks and
/// appointments are listed only if you ask for the kind `item`.
#[utoipa::path(
    get, path = "/circles/{circle_id}/threads", tag = "threads", params(CirclePath, ThreadQuery),
    security(("personal_access_token" = [TokenScope::MessagesRead])),
    responses((status = OK, description = "A page of threads", body = ThreadPage), Problem),
)]
pub async fn list_threads(
    circle: CircleAccess<ViewCircle>,
    Query(query): Query<ThreadQuery>,
) -> Result<Page<ThreadPage>, Problem> {
    let listing = circle.listing("threads", &query)?;
    let etag = circle.collection_tag()?;

    let mut rows = circle.find::<thread::Entity>();
    if !query.state.is_empty() {
        rows = rows.filter(Column::State.is_in(query.state));
    }
    rows = rows.filter(if query.kind.is_empty() {
        Column::Kind.ne(ThreadKind::Item)
    } else {
        Column::Kind.is_in(query.kind)
    });
    let order = OrderBy::descending(Column::LastActivityAt, Column::Id);
    let rows = store::with_messages(circle.scope(), rows);
    let rows = listing.narrow(rows, order).by_position::<ThreadRow>();
    let rows = rows.read(circle.db()).await?;
    let (rows, next_cursor) = listing.cut_mixed(rows, |row| Position {
        at: row.thread.last_activity_at,
        id: row.thread.id.0,
    })?;
    let data = store::describe_threads(circle.db(), circle.scope(), rows).await?;
    Page::known(&ThreadPage { data, next_cursor }, etag)
}
