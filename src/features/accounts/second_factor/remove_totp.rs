//! Removes the authenticator app.

use super::check::{check_code, wrong_code};
use super::code::spend;
use super::recovery::delete_codes;
use super::store::remove_factor;
use super::types::TotpCodeRequest;
use crate::app::App;
use crate::auth::throttle::{self, AttemptKey};
use crate::auth::{AccountWrite, RecentCaller};
use crate::entity::security_event::SecurityEventKind;
use crate::features::accounts::factor_change::{FactorChange, finish_factor_change};
use crate::http::extract::Json;
use crate::http::openapi::TriedTooOften;
use crate::http::response::NoContent;
use crate::problem::Problem;

/// Remove the authenticator app.
///
/// Takes a code from the app, or a recovery code. From now on you need no code to sign in.
/// Your recovery codes no longer work. All your other sessions end, unless `keep_other_sessions` is
/// true. You get an email about it.
///
/// - 403 `reauthentication_required`: you have not confirmed your identity in the last ten minutes
/// - 409 `account_deletion_scheduled`: the deletion of your account is scheduled; cancel it first
/// - 409 `totp_not_enabled`: your account has no authenticator app
/// - 422 `incorrect`: the code is not right, or was used before
/// - 429 `too_many_requests`: five codes were tried in the last quarter of an hour
#[utoipa::path(
    post, path = "/me/totp/remove", tag = "security",
    responses((status = NO_CONTENT, description = "The authenticator app is removed"), Problem, TriedTooOften),
)]
pub async fn remove_totp(
    app: App,
    caller: RecentCaller,
    Json(confirmation): Json<TotpCodeRequest>,
) -> Result<NoContent, Problem> {
    AccountWrite::replay(&app, &caller).await?;
    let code = match check_code(&app, &caller, &confirmation.code).await {
        Ok(code) => code,
        Err(problem) => return Err(AccountWrite::refused(&app, &caller, problem).await),
    };
    let write = app.begin_write(&caller).await?;
    if !spend(write.tx(), write.user_id(), code, write.now()).await? {
        return Err(wrong_code());
    }
    remove_factor(write.tx(), write.user_id()).await?;
    delete_codes(write.tx(), write.user_id()).await?;
    let right = AttemptKey::SecondFactor(write.user_id());
    throttle::reset_attempts(write.transaction(), &[right]);
    let change = FactorChange {
        kind: SecurityEventKind::TotpRemoved,
        keep_other_sessions: confirmation.keep_other_sessions,
    };
    finish_factor_change(write, change, NoContent).await
}
