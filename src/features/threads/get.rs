//! `get_thread`: one thread with its last message.

use super::store;
use super::types::{Thread, ThreadPath};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Get a thread.
///
/// Returns it with its newest message and the number of messages that you have not read.
///
/// - 404 `not_found`: there is no such thread in this circle, or you do not see it.
#[utoipa::path(
    get, path = "/circles/{circle_id}/threads/{thread_id}", tag = "threads",
    params(CirclePath, ThreadPath),
    security(("personal_access_token" = [TokenScope::MessagesRead])),
    responses((status = OK, description = "The thread", body = Thread), Problem),
)]
pub async fn get_thread(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<ThreadPath>,
) -> Result<Resource<Thread>, Problem> {
    let thread = store::describe_thread(circle.db(), circle.scope(), path.thread_id).await?;
    circle.found(thread)
}
