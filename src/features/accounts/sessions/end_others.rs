//! Ends all sessions of the caller except the current one.

use super::store::close_other_sessions;
use crate::app::App;
use crate::auth::AnyCaller;
use crate::entity::security_event::SecurityEventKind;
use crate::http::response::NoContent;
use crate::problem::Problem;

/// End all your other sessions.
///
/// Signs all other devices out at once. Only the session of this request goes on.
#[utoipa::path(
    post, path = "/me/sessions/end-others", tag = "security",
    responses((status = NO_CONTENT, description = "The other sessions have ended"), Problem),
)]
pub async fn end_other_sessions(
    app: App,
    AnyCaller(caller): AnyCaller,
) -> Result<NoContent, Problem> {
    let write = app.begin_write(&caller).await?;
    close_other_sessions(&write);
    write.note(SecurityEventKind::OtherSessionsEnded);
    write.commit(NoContent).await
}
