//! `unarchive_thread`: undoes `archive_thread`.

use super::locked::LockedThread;
use super::rules::ThreadVerb;
use super::types::{Thread, ThreadPath};
use crate::access::{CircleAccess, CirclePath, WriteMessages};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::thread::ThreadState;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Unarchive a thread.
///
/// Members can send messages to it again. Nobody is told.
///
/// - 403 `forbidden`: only the member who started the thread and coordinators can unarchive it.
#[utoipa::path(
    post, path = "/circles/{circle_id}/threads/{thread_id}/unarchive", tag = "threads",
    params(CirclePath, ThreadPath),
    security(("personal_access_token" = [TokenScope::MessagesWrite])),
    responses((status = OK, description = "The thread", body = Thread), Problem),
)]
pub async fn unarchive_thread(
    app: App,
    circle: CircleAccess<WriteMessages>,
    Path(path): Path<ThreadPath>,
) -> Result<Resource<Thread>, Problem> {
    let mut thread = LockedThread::open(&app, &circle, path.thread_id).await?;
    if thread.check_unless_in_effect(ThreadVerb::Unarchive)? {
        let state = ThreadState::Open;
        thread.save_state(ThreadVerb::Unarchive, state).await?;
    }
    thread.respond().await
}
