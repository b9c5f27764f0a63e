//! Deletes a passkey, but not the last sign-in method of an account.

use super::store::count_passkeys;
use super::types::PasskeyPath;
use crate::app::App;
use crate::auth::RecentCaller;
use crate::entity::passkey::Entity;
use crate::entity::security_event::SecurityEventKind;
use crate::features::accounts::factor_change::{FactorChange, finish_factor_change};
use crate::features::accounts::types::OtherSessionsQuery;
use crate::http::extract::{Path, Query};
use crate::http::response::NoContent;
use crate::problem::{Conflict, Problem, ProblemCode};

/// Delete a passkey.
///
/// You can no longer sign in with it. All your other sessions end, unless
/// `keep_other_sessions` is true. You get an email about it.
///
/// - 403 `reauthentication_required`: you have not confirmed your identity in the last ten minutes
/// - 404 `not_found`: you have no such passkey, or you have deleted it
/// - 409 `account_deletion_scheduled`: the deletion of your account is scheduled; cancel it first
/// - 409 `last_sign_in_method`: it is your last passkey and you have no password; set one first by
///   `POST /v1/password-resets`
#[utoipa::path(
    delete, path = "/me/passkeys/{passkey_id}", tag = "security",
    params(PasskeyPath, OtherSessionsQuery),
    responses((status = NO_CONTENT, description = "The passkey is deleted"), Problem),
)]
pub async fn delete_passkey(
    app: App,
    caller: RecentCaller,
    Path(path): Path<PasskeyPath>,
    Query(query): Query<OtherSessionsQuery>,
) -> Result<NoContent, Problem> {
    let write = app.begin_write(&caller).await?;
    let passkey = write.require::<Entity>(path.passkey_id).await?;
    write.delete::<Entity>(passkey.id).await?;
    let user = write.user();
    if user.password_hash.is_none() && count_passkeys(write.tx(), user.id).await? == 0 {
        let detail = "This is your last passkey, and you have no password. Set one first.";
        return Err(Conflict::of(ProblemCode::LastSignInMethod, detail).into());
    }
    let change = FactorChange {
        kind: SecurityEventKind::PasskeyDeleted,
        keep_other_sessions: query.keep_other_sessions,
    };
    finish_factor_change(write, change, NoContent).await
}
