//! Sets a new password with the token of the mailed link.

use chrono::TimeDelta;
use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::link::{open_link, used_link};
use crate::app::App;
use crate::auth::{
    Event, PasswordOwner, lock_user_of, mail_tokens, note_event, set_password, throttle,
};
use crate::entity::change::ActorKind;
use crate::entity::security_event::SecurityEventKind;
use crate::features::accounts::mail::mail_event;
use crate::features::accounts::personal_access_tokens::end_tokens_of;
use crate::features::accounts::sessions::end_sessions_of;
use crate::http::extract::{AnonymousRequest, Json};
use crate::http::openapi::TriedTooOften;
use crate::http::request::RequestInfo;
use crate::http::response::NoContent;
use crate::platform::text::NewPassword;
use crate::problem::Problem;

/// How long a used link accepts the same password again: people press a button twice.
const PRESSED_TWICE: TimeDelta = TimeDelta::minutes(2);

/// A new password, and the token that allows it.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "token": "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg",
    "password": "correct horse battery staple"
})))]
pub struct ConfirmPasswordResetRequest {
    /// The `token` of the link in the email.
    #[garde(length(bytes, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub token: String,
    #[garde(dive)]
    pub password: NewPassword,
}

/// Set a new password with the mailed token.
///
/// Ends all your sessions and personal access tokens, and signs nobody in. Your passkeys and
/// the authenticator app stay. You get an email about it. The same token and password again
/// answer 204 for two minutes and change nothing.
///
/// - 410 `no_longer_valid`: the token was used, replaced by a newer one, or is older than 30 minutes;
///   request a new password reset
/// - 422 `too_short`, `password_too_weak` or `password_breached`: the new password is too short, too easy to
///   guess, or publicly known
/// - 429 `too_many_requests`: there were too many tries from your network in the last minute
#[utoipa::path(
    post, path = "/password-resets/confirm", tag = "sign in", security(()),
    responses(
        (status = NO_CONTENT, description = "Sign in with the new password"),
        Problem, TriedTooOften,
    ),
)]
pub async fn confirm_password_reset(
    app: App,
    request: AnonymousRequest,
    Json(reset): Json<ConfirmPasswordResetRequest>,
) -> Result<NoContent, Problem> {
    throttle::count_try_or_refuse(&app, &request.0).await?;
    reset_password(&app, &request.0, &reset.token, &reset.password).await?;
    Ok(NoContent)
}

/// Sets the new password for the person who has the link. The same link with the same password
/// again changes nothing and succeeds.
pub async fn reset_password(
    app: &App,
    request: &RequestInfo,
    token: &str,
    password: &NewPassword,
) -> Result<(), Problem> {
    match reset_once(app, request, token, password).await {
        Err(Problem::Gone) => reset_before(app, token, password).await,
        done => done,
    }
}

/// Succeeds if this link has just set this password. Otherwise 410.
///
/// The password is not counted as an attempt: a stranger with the used link could otherwise lock
/// the owner out by sending wrong passwords. Instead the first wrong password voids the link, so
/// that the stranger has one guess.
async fn reset_before(app: &App, token: &str, password: &NewPassword) -> Result<(), Problem> {
    let now = app.clock().now();
    let (token, user) = used_link(app.reader(), token, now).await?;
    if token.used_at.is_none_or(|at| at + PRESSED_TWICE <= now) {
        return Err(Problem::Gone);
    }
    let hash = user.password_hash;
    if app.passwords().verify(password.expose(), hash).await? {
        return Ok(());
    }
    let transaction = app.begin().await?;
    mail_tokens::void_one(transaction.tx(), token.id, now).await?;
    transaction.commit(NoContent).await?;
    Err(Problem::Gone)
}

async fn reset_once(
    app: &App,
    request: &RequestInfo,
    token: &str,
    password: &NewPassword,
) -> Result<(), Problem> {
    let (_, user) = open_link(app.reader(), token, app.clock().now()).await?;
    let owner = PasswordOwner::read(app, user.id, None).await?;
    owner.check(app, "/password", password).await?;
    let password_hash = app.passwords().hash(password.expose()).await?;

    let transaction = app.begin().await?;
    let now = transaction.now();
    let (token, asked) = open_link(transaction.tx(), token, now).await?;
    let user = lock_user_of(transaction.tx(), &asked.email).await?;
    let user = user.ok_or(Problem::Gone)?;
    // In this order: a request for a link locks the counter before the token, too. The other
    // order could deadlock.
    throttle::reset_attempts_of_address(transaction.tx(), &user.email).await?;
    mail_tokens::spend(transaction.tx(), token, now).await?;
    set_password(&transaction, user.id, password_hash);
    let event = Event {
        actor_kind: ActorKind::EmailLink,
        ..Event::of(SecurityEventKind::PasswordReset, user.id, request)
    };
    let event = note_event(&transaction, event);
    mail_event(&transaction, event).await?;
    end_sessions_of(transaction.tx(), user.id, now).await?;
    end_tokens_of(transaction.tx(), user.id, now).await?;
    transaction.commit(NoContent).await?;
    Ok(())
}
