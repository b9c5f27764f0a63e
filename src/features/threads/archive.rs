//! `archive_thread`: nobody can send messages to a thread until `unarchive_thread`.

use super::locked::LockedThread;
use super::rules::{self, ThreadVerb};
use super::types::{Thread, ThreadPath};
use crate::access::{CircleAccess, CirclePath, WriteMessages};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::thread::ThreadState;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Archive a thread.
///
/// Puts the thread away. Members still read it, but nobody can send messages to it or rename it
/// until it is unarchived. Nobody is told.
///
/// - 403 `forbidden`: only the member who started the thread and coordinators can archive it.
/// - 409 `belongs_to_item`: the thread holds the comments of a task or an appointment.
#[utoipa::path(
    post, path = "/circles/{circle_id}/threads/{thread_id}/archive", tag = "threads",
    params(CirclePath, ThreadPath),
    security(("personal_access_token" = [TokenScope::MessagesWrite])),
    responses((status = OK, description = "The thread", body = Thread), Problem),
)]
pub async fn archive_thread(
    app: App,
    circle: CircleAccess<WriteMessages>,
    Path(path): Path<ThreadPath>,
) -> Result<Resource<Thread>, Problem> {
    let mut thread = LockedThread::open(&app, &circle, path.thread_id).await?;
    if thread.check_unless_in_effect(ThreadVerb::Archive)? {
        rules::check_is_own(&thread.row)?;
        let state = ThreadState::Archived;
        thread.save_state(ThreadVerb::Archive, state).await?;
    }
    thread.respond().await
}
