//! Ends one session.

use super::store::end_session;
use super::types::SessionPath;
use crate::app::App;
use crate::auth::AnyCaller;
use crate::entity::account_event::EventKind;
use crate::entity::session;
use crate::http::extract::Path;
use crate::http::response::NoContent;
use crate::problem::Problem;

/// Sign a device out.
///
/// Ends that session at once: its access token stops working too.
#[utoipa::path(
    post, path = "/me/sessions/{session_id}/revoke", tag = "accounts", params(SessionPath),
    responses((status = NO_CONTENT, description = "Signed out"), Problem),
)]
pub async fn revoke_session(
    app: App,
    AnyCaller(caller): AnyCaller,
    Path(path): Path<SessionPath>,
) -> Result<NoContent, Problem> {
    let write = app.begin_write(&caller).await?;
    let session = write.require::<session::Entity>(path.session_id).await?;
    end_session(write.tx(), write.user_id(), session.id, write.now()).await?;
    write.note(EventKind::SessionRevoked).await?;
    write.commit(NoContent).await
}
