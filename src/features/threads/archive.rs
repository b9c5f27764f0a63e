//! `archive_thread`: nobody writes in a thread until `reopen_thread`.

use super::locked::LockedThread;
use super::rules::ThreadVerb;
use super::types::{Thread, ThreadPath};
use crate::access::{CircleAccess, CirclePath, WriteMessages};
use crate::app::App;
use crate::entity::personal_token::TokenScope;
use crate::entity::thread::ThreadState;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Archive a thread.
///
/// It can be read, but nobody writes in it until it is reopened.
#[utoipa::path(
    post, path = "/circles/{circle_id}/threads/{thread_id}/archive", tag = "threads",
    params(CirclePath, ThreadPath),
    security(("access_token" = [TokenScope::MessagesWrite])),
    responses((status = OK, description = "The thread", body = Thread), Problem),
)]
pub async fn archive_thread(
    app: App,
    circle: CircleAccess<WriteMessages>,
    Path(path): Path<ThreadPath>,
) -> Result<Resource<Thread>, Problem> {
    let mut thread = LockedThread::open(&app, &circle, path.thread_id).await?;
    if thread.check_unless_in_effect(ThreadVerb::Archive)? {
        let state = ThreadState::Archived;
        thread.save_state(ThreadVerb::Archive, state).await?;
    }
    thread.respond().await
}
