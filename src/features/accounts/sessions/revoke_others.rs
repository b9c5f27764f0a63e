//! Ends every session but the one that asks.

use super::store::end_other_sessions;
use crate::app::App;
use crate::auth::AnyCaller;
use crate::entity::account_event::EventKind;
use crate::http::response::NoContent;
use crate::problem::Problem;

/// Sign all other devices out.
///
/// Ends every session but the one that asks.
#[utoipa::path(
    post, path = "/me/sessions/revoke-others", tag = "accounts",
    responses((status = NO_CONTENT, description = "Signed out"), Problem),
)]
pub async fn revoke_other_sessions(
    app: App,
    AnyCaller(caller): AnyCaller,
) -> Result<NoContent, Problem> {
    let write = app.begin_write(&caller).await?;
    end_other_sessions(&write).await?;
    write.note(EventKind::OtherSessionsRevoked).await?;
    write.commit(NoContent).await
}
