//! Signs in with a password. An attempt is counted and noted before its outcome is known, also
//! for an email address without an account: both must take the same time.

use axum::http::StatusCode;
use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::known_devices::find_device;
use super::sign_in_attempt::Attempt;
use super::sign_in_facts::SignInFacts;
use super::types::SignInOutcome;
use crate::app::App;
use crate::auth::throttle::{self, AttemptKey, CountFuture};
use crate::auth::{find_user_by_email, replace_hash};
use crate::http::extract::{AnonymousRequest, Json};
use crate::http::openapi::{TriedTooOften, WrongCredentials};
use crate::http::request::RequestInfo;
use crate::http::response::{NoContent, Secret};
use crate::platform::db::{LockedRow, Transaction};
use crate::platform::text::{DeviceLabel, EmailAddress, PresentedSecret};
use crate::problem::Problem;

/// The same text for an email address without an account: it must not tell the difference.
const WRONG: &str = "The email address and the password do not belong together.";

/// Your email address and password, and what to call the device.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "email": "ana@example.org",
    "password": "correct horse battery staple",
    "device_label": "Ana's phone",
    "device_token": "q0TqkB9mX3v5…"
})))]
pub struct SignInRequest {
    #[garde(custom(EmailAddress::check_bounds))]
    pub email: EmailAddress,
    /// Your password.
    #[garde(dive)]
    pub password: PresentedSecret,
    #[serde(default)]
    #[garde(dive)]
    pub device_label: Option<DeviceLabel>,
    /// The `device_token` that this device got when it signed in for the first time.
    #[serde(default)]
    #[garde(dive)]
    pub device_token: Option<PresentedSecret>,
}

/// Sign in with email and password.
///
/// Opens a session for this device. The access token is valid for ten minutes. The refresh
/// token gets the next access token, and works once. The device token comes with
/// the first sign-in of a device only. Send it with each later sign-in: then the wrong
/// guesses of a stranger cannot make this device wait.
///
/// The tokens are in `session`. For an account with an authenticator app, `session` is null and
/// `second_factor` has a ticket: send the ticket with a code to
/// `POST /v1/sessions/second-factor`.
///
/// You get an email if the device is new, or if five or more tries failed before this one.
///
/// - 401 `wrong_credentials`: the email address and the password do not belong together
/// - 429 `too_many_requests`: after five wrong passwords each further try must wait, from a
///   second to a quarter of an hour; after a hundred, until you reset the password or for
///   30 days; `Retry-After` says how long
/// - 429 `too_many_requests`: there were too many tries from your network in the last minute
#[utoipa::path(
    post, path = "/sessions", tag = "sign in", security(()),
    responses(
        (status = OK, description = "You are signed in, or the second factor is needed", body = SignInOutcome),
        Problem, WrongCredentials, TriedTooOften,
    ),
)]
pub async fn sign_in(
    app: App,
    request: AnonymousRequest,
    Json(credentials): Json<SignInRequest>,
) -> Result<Secret<SignInOutcome>, Problem> {
    throttle::count_try_or_refuse(&app, &request.0).await?;
    let outcome = sign_in_with_password(&app, &request.0, credentials).await?;
    Ok(Secret(StatusCode::OK, outcome))
}

/// Checks the password, and opens a session or asks for the second factor.
async fn sign_in_with_password(
    app: &App,
    request: &RequestInfo,
    credentials: SignInRequest,
) -> Result<SignInOutcome, Problem> {
    let email = credentials.email.as_str();
    let user = find_user_by_email(app.reader(), email).await?;
    let token = credentials.device_token.as_ref();
    let owner = user.as_ref().map(|user| user.id);
    let device = find_device(app.reader(), token, owner).await?;
    let attempt_key = match &device {
        Some(device) => AttemptKey::Device(device.id),
        None => AttemptKey::SignIn(email),
    };
    let label = credentials.device_label.as_ref().map(DeviceLabel::as_str);
    let count = || -> CountFuture<'_, Attempt<'_>> {
        Box::pin(Attempt::begin(app, request, attempt_key, owner, label))
    };
    let (mut attempt, turn) = throttle::in_turn(app, attempt_key, count).await?;
    attempt.failures = turn.failures(attempt.failures);
    let hash = user.as_ref().and_then(|user| user.password_hash.clone());
    let password = credentials.password.expose();
    let matches = app.passwords().verify(password, hash.clone()).await?;
    let user = user
        .filter(|user| matches && user.state.lets_in())
        .ok_or(Problem::WrongCredentials(WRONG))?;

    let stronger = match &hash {
        Some(hash) if app.passwords().is_outdated(hash) => {
            Some(app.passwords().hash(password).await?)
        }
        _ => None,
    };

    let locked = LockedRow::Account(user.id);
    let transaction = Transaction::begin_locked(app, locked).await?;
    let (tx, now) = (transaction.tx(), transaction.now());
    let account = SignInFacts::read(app, tx, user.id, now).await?;
    // The password may have been replaced, or the account disabled, while it was verified.
    if account.user.password_hash != hash || !account.user.state.lets_in() {
        return Err(Problem::WrongCredentials(WRONG));
    }
    throttle::reset_attempts(&transaction, &[attempt_key]);
    if stronger.is_some() {
        replace_hash(&transaction, user.id, stronger);
    }
    let device = device.map(|device| device.id);
    let signed_in = attempt
        .pass(app, &transaction, &account, device, label)
        .await?;
    transaction.commit(NoContent).await?;
    turn.was_right();
    Ok(signed_in)
}
