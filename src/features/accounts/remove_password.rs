//! Removes the password of an account that has a passkey.

use super::factor_change::{FactorChange, finish_factor_change};
use super::passkeys::count_passkeys;
use super::types::FactorRemoval;
use crate::app::App;
use crate::auth::{RecentCaller, clear_password};
use crate::entity::account_event::EventKind;
use crate::http::extract::Json;
use crate::http::openapi::Fact;
use crate::http::response::NoContent;
use crate::problem::{Conflict, Problem};

/// Remove one's password.
///
/// From now on a passkey opens the account, and there must be one: else
/// 409 `no_passkey`. Codes and
/// links that are mailed go on. Signs all other devices out, unless they are to
/// stay. The owner is told by mail. Where this device has not proved in the
/// last ten minutes who holds it: 403 `reauthentication_needed`.
#[utoipa::path(
    post, path = "/me/password/remove", tag = "accounts",
    extensions(("x-facts" = json!([Fact::BodyOptional]))),
    responses((status = NO_CONTENT, description = "Removed"), Problem),
)]
pub async fn remove_password(
    app: App,
    caller: RecentCaller,
    Json(removal): Json<FactorRemoval>,
) -> Result<NoContent, Problem> {
    let write = app.begin_write(&caller).await?;
    if count_passkeys(write.tx(), write.user_id()).await? == 0 {
        let detail = "Without a password only a passkey opens an account. Add one first.";
        return Err(Conflict::of("no_passkey", detail).into());
    }
    clear_password(write.tx(), write.user_id(), write.now()).await?;
    let change = FactorChange {
        kind: EventKind::PasswordRemoved,
        keep_other_sessions: removal.keep_other_sessions,
    };
    finish_factor_change(write, change, NoContent).await
}
