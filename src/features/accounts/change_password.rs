//! Replaces the password of a caller who knows the current one.

use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::factor_change::{FactorChange, finish_factor_change};
use super::password::check_own_password;
use crate::app::App;
use crate::auth::throttle::{self, AttemptKey};
use crate::auth::{AccountWrite, PasswordOwner, RecentCaller, set_password};
use crate::entity::security_event::SecurityEventKind;
use crate::http::extract::Json;
use crate::http::openapi::TriedTooOften;
use crate::http::response::NoContent;
use crate::platform::text::{NewPassword, PresentedSecret};
use crate::problem::{FieldErrorCode, Problem};

/// Your current password, and the new one.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "current_password": "correct horse battery staple",
    "new_password": "seventeen green umbrellas"
})))]
pub struct ChangePasswordRequest {
    /// The password that you have now.
    #[garde(dive)]
    pub current_password: PresentedSecret,
    #[garde(dive)]
    pub new_password: NewPassword,
    /// Whether your other sessions go on. Default: they end.
    #[serde(default)]
    #[garde(skip)]
    pub keep_other_sessions: bool,
}

/// Change your password.
///
/// All your other sessions end, unless `keep_other_sessions` is true. Your personal access
/// tokens stay. A change of your email address that waits to be confirmed is canceled. You get an
/// email about it. If your account has no password, set one by `POST /v1/password-resets`.
///
/// - 403 `reauthentication_required`: you have not confirmed your identity in the last ten minutes
/// - 409 `account_deletion_scheduled`: the deletion of your account is scheduled; cancel it first
/// - 422 `incorrect`: the current password is not right
/// - 422 `too_short`, `password_too_weak` or `password_breached`: the new password is too short, too easy to
///   guess, or publicly known
/// - 429 `too_many_requests`: there were too many wrong passwords; `Retry-After` says how
///   long to wait
#[utoipa::path(
    post, path = "/me/password/change", tag = "security",
    responses((status = NO_CONTENT, description = "Changed"), Problem, TriedTooOften),
)]
pub async fn change_password(
    app: App,
    caller: RecentCaller,
    Json(change): Json<ChangePasswordRequest>,
) -> Result<NoContent, Problem> {
    let key = caller.request().key_to_claim();
    let owner = PasswordOwner::read(&app, caller.user_id(), key).await?;
    if owner.is_repeated {
        AccountWrite::begin(&app, &caller).await?;
    }
    let new_password = &change.new_password;
    owner.check(&app, "/new_password", new_password).await?;
    let before = owner.user;
    let current = change.current_password.expose();
    let attempt_key = AttemptKey::Session(caller.token().session_id);
    let checked = check_own_password(&app, attempt_key, &before, current).await;
    let (matches, turn) = match checked {
        Ok(checked) => checked,
        Err(problem) => return Err(AccountWrite::refused(&app, &caller, problem).await),
    };
    let password_hash = app.passwords().hash(new_password.expose()).await?;

    let write = app.begin_write(&caller).await?;
    // Another request may have replaced the password while it was verified.
    if !matches || write.user().password_hash != before.password_hash {
        let detail = "This is not your current password.";
        return Err(Problem::field(
            "/current_password",
            FieldErrorCode::Incorrect,
            detail,
        ));
    }
    throttle::reset_attempts(write.transaction(), &[attempt_key]);
    set_password(write.transaction(), write.user_id(), password_hash);
    let change = FactorChange {
        kind: SecurityEventKind::PasswordChanged,
        keep_other_sessions: change.keep_other_sessions,
    };
    let done = finish_factor_change(write, change, NoContent).await?;
    turn.was_right();
    Ok(done)
}
