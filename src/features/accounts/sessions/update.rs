//! Renames the device of a session.

use sea_orm::{ColumnTrait, IntoActiveModel, QueryFilter};

use super::store::live_sessions;
use super::types::{Session, SessionPath};
use crate::access::change_log::merge_patch;
use crate::app::App;
use crate::auth::Caller;
use crate::entity::session::{self, Column};
use crate::http::extract::{Json, Path};
use crate::http::response::Body;
use crate::platform::text::DeviceLabel;
use crate::problem::Problem;

merge_patch! {
    /// What to change in a session.
    #[schema(examples(json!({ "device_label": "Kitchen tablet" })))]
    #[schema(as = UpdateSessionRequest)]
    pub struct SessionPatch for session {
        #[garde(dive)]
        device_label: DeviceLabel | null,
    }
}

/// Rename the device of a session.
///
/// Only you see the name: in the list of your sessions and in emails about your account.
///
/// - 404 `not_found`: you have no such session, or it has ended
/// - 409 `account_deletion_scheduled`: the deletion of your account is scheduled; cancel it first
#[utoipa::path(
    patch, path = "/me/sessions/{session_id}", tag = "security", params(SessionPath),
    responses((status = OK, description = "The session", body = Session), Problem),
)]
pub async fn update_session(
    app: App,
    caller: Caller,
    Path(path): Path<SessionPath>,
    Json(changes): Json<SessionPatch>,
) -> Result<Body<Session>, Problem> {
    let write = app.begin_write(&caller).await?;
    let mut session = live_sessions(write.user_id(), write.now())
        .filter(Column::Id.eq(path.session_id))
        .one(write.tx())
        .await?
        .ok_or(Problem::NotFound)?;
    let mut row = session.clone().into_active_model();
    if !changes.write_to(&mut row).is_empty() {
        session = write.update::<session::Entity>(row).await?;
    }
    let current = caller.token().session_id;
    write.commit(Body(Session::of(session, current))).await
}
