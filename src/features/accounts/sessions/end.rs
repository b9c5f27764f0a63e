//! Ends one session of the caller.

use super::store::close_session;
use super::types::SessionPath;
use crate::app::App;
use crate::auth::AnyCaller;
use crate::entity::security_event::SecurityEventKind;
use crate::entity::session;
use crate::http::extract::Path;
use crate::http::response::NoContent;
use crate::problem::Problem;

/// End a session.
///
/// Signs that device out at once. Its access token stops working, too. If the session has ended
/// before, nothing changes. Nobody is told.
///
/// - 404 `not_found`: you have no such session
#[utoipa::path(
    delete, path = "/me/sessions/{session_id}", tag = "security", params(SessionPath),
    responses((status = NO_CONTENT, description = "The session has ended"), Problem),
)]
pub async fn end_session(
    app: App,
    AnyCaller(caller): AnyCaller,
    Path(path): Path<SessionPath>,
) -> Result<NoContent, Problem> {
    let write = app.begin_write(&caller).await?;
    let session = write.require::<session::Entity>(path.session_id).await?;
    if session.ended_at.is_none() {
        close_session(write.transaction(), write.user_id(), session.id);
        write.note(SecurityEventKind::SessionEnded);
    }
    write.commit(NoContent).await
}
