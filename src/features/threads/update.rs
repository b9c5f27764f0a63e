//! `update_thread`: changes the title of a thread.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::locked::LockedThread;
use super::rules::{self, ThreadVerb};
use super::types::{Thread, ThreadPath};
use crate::access::change_log::merge_patch;
use crate::access::{CircleAccess, CirclePath, WriteMessages};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::thread::{self, ThreadKind};
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::platform::text::Title;
use crate::problem::Problem;

merge_patch! {
    /// What to change about a thread.
    #[schema(examples(json!({ "title": "Visits at home" })))]
    #[schema(as = UpdateThreadRequest)]
    pub struct ThreadPatch for thread {
        /// What the thread is called. A thread about a topic needs a title.
        #[garde(dive)]
        title: Title | null,
    }
}

/// Rename a thread.
///
/// Changes its title. Nobody is told.
///
/// - 403 `forbidden`: only the member who started the thread and coordinators can rename it.
/// - 409 `invalid_transition`: the thread is archived. Unarchive it first.
/// - 409 `belongs_to_item`: the thread holds the comments of a task or an appointment.
/// - 422 `required`: a thread about a topic needs a title.
#[utoipa::path(
    patch, path = "/circles/{circle_id}/threads/{thread_id}", tag = "threads",
    params(CirclePath, ThreadPath),
    security(("personal_access_token" = [TokenScope::MessagesWrite])),
    responses((status = OK, description = "The thread", body = Thread), Problem),
)]
pub async fn update_thread(
    app: App,
    circle: CircleAccess<WriteMessages>,
    Path(path): Path<ThreadPath>,
    Json(changes): Json<ThreadPatch>,
) -> Result<Resource<Thread>, Problem> {
    let mut thread = LockedThread::open(&app, &circle, path.thread_id).await?;
    thread.check(ThreadVerb::Update)?;
    rules::check_is_own(&thread.row)?;
    if matches!(changes.title, Some(None)) && thread.row.kind == ThreadKind::Topic {
        return Err(Problem::Invalid(vec![rules::title_missing()]));
    }
    let mut row = thread.row.clone().into_active_model();
    let fields = changes.write_to(&mut row);
    if !fields.is_empty() {
        row.titled_by = Set(thread.write.actor());
        thread.save(ThreadVerb::Update, row, fields.names()).await?;
    }
    thread.respond().await
}
