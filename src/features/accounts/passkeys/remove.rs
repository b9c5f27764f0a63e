//! Removes a passkey; a way to sign in stays.

use super::store::count_passkeys;
use super::types::PasskeyPath;
use crate::app::App;
use crate::auth::{RecentCaller, require_user};
use crate::entity::account_event::EventKind;
use crate::entity::passkey::Entity;
use crate::features::accounts::factor_change::{FactorChange, finish_factor_change};
use crate::features::accounts::types::FactorRemoval;
use crate::http::extract::{Json, Path};
use crate::http::openapi::Fact;
use crate::http::response::NoContent;
use crate::problem::{Conflict, Problem};

/// Remove a passkey.
///
/// The last one of an account without a password stays (409 `last_factor`): set a
/// password first, by `POST /v1/password-resets`. Signs all other devices out, unless they are
/// to stay. The owner is told by mail. Where this device has not proved in the
/// last ten minutes who holds it: 403 `reauthentication_needed`.
#[utoipa::path(
    post, path = "/me/passkeys/{passkey_id}/remove", tag = "accounts", params(PasskeyPath),
    extensions(("x-facts" = json!([Fact::BodyOptional]))),
    responses((status = NO_CONTENT, description = "Removed"), Problem),
)]
pub async fn remove_passkey(
    app: App,
    caller: RecentCaller,
    Path(path): Path<PasskeyPath>,
    Json(removal): Json<FactorRemoval>,
) -> Result<NoContent, Problem> {
    let write = app.begin_write(&caller).await?;
    let passkey = write.require::<Entity>(path.passkey_id).await?;
    write.delete::<Entity>(passkey.id).await?;
    let user = require_user(write.tx(), write.user_id()).await?;
    if user.password_hash.is_none() && count_passkeys(write.tx(), user.id).await? == 0 {
        let detail = "Nothing else opens this account. Set a password first.";
        return Err(Conflict::of("last_factor", detail).into());
    }
    let change = FactorChange {
        kind: EventKind::PasskeyRemoved,
        keep_other_sessions: removal.keep_other_sessions,
    };
    finish_factor_change(write, change, NoContent).await
}
