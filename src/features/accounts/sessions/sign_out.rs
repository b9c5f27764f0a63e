//! Ends the caller's current session.

use super::store::close_session;
use crate::app::App;
use crate::auth::AnyCaller;
use crate::entity::security_event::SecurityEventKind;
use crate::http::openapi::Fact;
use crate::http::response::NoContent;
use crate::problem::Problem;

/// Sign out.
///
/// Ends your current session at once. Its access token stops working, too.
#[utoipa::path(
    post, path = "/sessions/sign-out", tag = "sign in",
    extensions(("x-facts" = json!([Fact::AnswerNotKept]))),
    responses((status = NO_CONTENT, description = "Signed out"), Problem),
)]
pub async fn sign_out(app: App, AnyCaller(caller): AnyCaller) -> Result<NoContent, Problem> {
    let write = app.begin_write(&caller).await?;
    close_session(write.transaction(), write.user_id(), write.session_id());
    write.note(SecurityEventKind::SignedOut);
    write.commit(NoContent).await
}
