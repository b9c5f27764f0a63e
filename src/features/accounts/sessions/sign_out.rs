//! Ends the session that asks.

use super::store::end_session;
use crate::app::App;
use crate::auth::AnyCaller;
use crate::entity::account_event::EventKind;
use crate::http::openapi::Fact;
use crate::http::response::NoContent;
use crate::problem::Problem;

/// Sign out.
///
/// Ends this session at once: its access token stops working too.
#[utoipa::path(
    post, path = "/sessions/sign-out", tag = "accounts",
    extensions(("x-facts" = json!([Fact::AnswerNotKept]))),
    responses((status = NO_CONTENT, description = "Signed out"), Problem),
)]
pub async fn sign_out(app: App, AnyCaller(caller): AnyCaller) -> Result<NoContent, Problem> {
    let write = app.begin_write(&caller).await?;
    end_session(
        write.tx(),
        write.user_id(),
        caller.token().session_id,
        write.now(),
    )
    .await?;
    write.note(EventKind::SignedOut).await?;
    write.commit(NoContent).await
}
