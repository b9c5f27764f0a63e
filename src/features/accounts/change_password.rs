//! Replaces a password that its owner knows.

use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::factor_change::{FactorChange, finish_factor_change};
use super::password::check_own_password;
use crate::app::App;
use crate::auth::throttle::{self, AttemptKey};
use crate::auth::{AccountWrite, RecentCaller, check_new_password, require_user, set_password};
use crate::entity::account_event::EventKind;
use crate::http::extract::Json;
use crate::http::openapi::TriedTooOften;
use crate::http::response::NoContent;
use crate::platform::text::{NewPassword, PresentedSecret};
use crate::problem::Problem;

/// The password one has, and the one to be.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "current_password": "correct horse battery staple",
    "new_password": "seventeen green umbrellas"
})))]
pub struct PasswordChange {
    #[garde(dive)]
    pub current_password: PresentedSecret,
    #[garde(dive)]
    pub new_password: NewPassword,
    /// Whether other devices stay signed in.
    #[serde(default)]
    #[garde(skip)]
    pub keep_other_sessions: bool,
}

/// Change one's password.
///
/// Signs all other devices out, unless they are to stay; personal access tokens
/// stay, a change of address that waits does not. The owner is told by mail.
/// Where this device has not proved in the last ten minutes who holds it: 403
/// `reauthentication_needed`. An account without a password sets one by `POST
/// /v1/password-resets`.
#[utoipa::path(
    post, path = "/me/password", tag = "accounts",
    responses((status = NO_CONTENT, description = "Changed"), Problem, TriedTooOften),
)]
pub async fn change_password(
    app: App,
    caller: RecentCaller,
    Json(change): Json<PasswordChange>,
) -> Result<NoContent, Problem> {
    AccountWrite::replay(&app, &caller).await?;
    let before = require_user(app.reader(), caller.user_id()).await?;
    check_new_password(&app, "/new_password", &change.new_password, &before).await?;
    let current = change.current_password.expose();
    let attempt_key = AttemptKey::Session(caller.token().session_id);
    let (matches, turn) = check_own_password(&app, attempt_key, &before, current).await?;
    let password_hash = app.passwords().hash(change.new_password.expose()).await?;

    let write = app.begin_write(&caller).await?;
    let user = require_user(write.tx(), write.user_id()).await?;
    // It may have been replaced while it was verified.
    if !matches || user.password_hash != before.password_hash {
        let detail = "This is not your password.";
        return Err(Problem::field("/current_password", "wrong", detail));
    }
    throttle::reset_attempts(write.tx(), attempt_key).await?;
    set_password(write.tx(), user.id, password_hash, write.now()).await?;
    let change = FactorChange {
        kind: EventKind::PasswordChanged,
        keep_other_sessions: change.keep_other_sessions,
    };
    let done = finish_factor_change(write, change, NoContent).await?;
    turn.was_right();
    Ok(done)
}
