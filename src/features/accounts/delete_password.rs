//! Deletes the password of an account that has a passkey.

use super::factor_change::{FactorChange, finish_factor_change};
use super::passkeys::count_passkeys;
use super::types::OtherSessionsQuery;
use crate::app::App;
use crate::auth::{RecentCaller, clear_password};
use crate::entity::security_event::SecurityEventKind;
use crate::http::extract::Query;
use crate::http::response::NoContent;
use crate::problem::{Conflict, Problem, ProblemCode};

/// Delete your password.
///
/// From now on you sign in with a passkey, or with a mailed code. All your other sessions
/// end, unless `keep_other_sessions` is true. You get an email about it. If you have no
/// password, nothing changes. To have a password again, use `POST /v1/password-resets`.
///
/// - 403 `reauthentication_required`: you have not confirmed your identity in the last ten minutes
/// - 409 `account_deletion_scheduled`: the deletion of your account is scheduled; cancel it first
/// - 409 `last_sign_in_method`: you have no passkey; add one first
#[utoipa::path(
    delete, path = "/me/password", tag = "security", params(OtherSessionsQuery),
    responses((status = NO_CONTENT, description = "The password is deleted"), Problem),
)]
pub async fn delete_password(
    app: App,
    caller: RecentCaller,
    Query(query): Query<OtherSessionsQuery>,
) -> Result<NoContent, Problem> {
    let write = app.begin_write(&caller).await?;
    if write.user().password_hash.is_none() {
        return write.commit(NoContent).await;
    }
    if count_passkeys(write.tx(), write.user_id()).await? == 0 {
        let detail = "You have no passkey to sign in with instead. Add a passkey first.";
        return Err(Conflict::of(ProblemCode::LastSignInMethod, detail).into());
    }
    clear_password(write.transaction(), write.user_id());
    let change = FactorChange {
        kind: SecurityEventKind::PasswordDeleted,
        keep_other_sessions: query.keep_other_sessions,
    };
    finish_factor_change(write, change, NoContent).await
}
