//! Confirms a registration with the mailed code, and signs in.

use axum::http::StatusCode;
use garde::Validate;
use sea_orm::ActiveValue::Set;
use serde::Deserialize;
use utoipa::ToSchema;

use super::store::{lock_waiting, make_account};
use super::types::RegistrationPath;
use crate::app::App;
use crate::auth::lookup;
use crate::auth::throttle::{self, AttemptKey};
use crate::entity::ids::RegistrationId;
use crate::entity::registration;
use crate::features::accounts::mailed_code::{check_usable, is_right};
use crate::features::accounts::sessions::open_session;
use crate::features::accounts::types::{SessionTokens, SignInOutcome};
use crate::http::extract::{AnonymousRequest, Json, Path};
use crate::http::openapi::{TriedTooOften, WrongCredentials};
use crate::http::response::{NoContent, Secret};
use crate::platform::db::ReadRows;
use crate::platform::text::{DeviceLabel, MailedCode};
use crate::problem::Problem;

/// The code from the email, and what to call the device.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "code": "042137", "device_label": "Ana's phone" })))]
pub struct ConfirmRegistrationRequest {
    #[garde(dive)]
    pub code: MailedCode,
    #[serde(default)]
    #[garde(dive)]
    pub device_label: Option<DeviceLabel>,
}

/// Confirm your registration and sign in.
///
/// Takes the code from the email, creates the account and opens a session: the tokens are in
/// `session`. A code is valid for 15 minutes and five tries. The same code again signs nobody
/// in: `session` is null then. Sign in with the email address and the password.
///
/// - 401 `wrong_credentials`: the code is not right
/// - 404 `not_found`: there is no such registration
/// - 410 `no_longer_valid`: the code is too old or was tried five times, or the address has an account
///   by now; request a new code or sign in
/// - 429 `too_many_requests`: there were too many tries from your network in the last minute
#[utoipa::path(
    post, path = "/registrations/{registration_id}/confirm", tag = "sign in", security(()),
    params(RegistrationPath),
    responses(
        (status = OK, description = "The account exists. This app is signed in, if the code was not used before", body = SignInOutcome),
        Problem, WrongCredentials, TriedTooOften,
    ),
)]
pub async fn confirm_registration(
    app: App,
    request: AnonymousRequest,
    Path(path): Path<RegistrationPath>,
    Json(confirmation): Json<ConfirmRegistrationRequest>,
) -> Result<Secret<SignInOutcome>, Problem> {
    throttle::count_try_or_refuse(&app, &request.0).await?;
    let outcome = confirm(&app, path.registration_id, confirmation).await?;
    Ok(Secret(StatusCode::OK, outcome))
}

/// Confirms the code, creates the account and signs in. The same code does not sign anybody in a
/// second time.
async fn confirm(
    app: &App,
    id: RegistrationId,
    confirmation: ConfirmRegistrationRequest,
) -> Result<SignInOutcome, Problem> {
    match confirm_once(app, id, &confirmation).await {
        Err(Problem::Gone) if is_confirmed_by(app, id, &confirmation.code).await? => {
            Ok(SignInOutcome::default())
        }
        done => done.map(SignInOutcome::from),
    }
}

/// Whether this is the code of a registration that was confirmed before: then the app that
/// registered repeats its request.
async fn is_confirmed_by(
    app: &App,
    id: RegistrationId,
    code: &MailedCode,
) -> Result<bool, Problem> {
    let found = lookup::by_id::<registration::Entity>(id)
        .read_one(app.reader())
        .await?;
    Ok(found.is_some_and(|registration| {
        registration.confirmed_at.is_some() && is_right(code, &registration.code_hash)
    }))
}

async fn confirm_once(
    app: &App,
    id: RegistrationId,
    confirmation: &ConfirmRegistrationRequest,
) -> Result<SessionTokens, Problem> {
    let transaction = app.begin().await?;
    let registration = lock_waiting(&transaction, id).await?;
    let (expires_at, tries_left) = (registration.code_expires_at, registration.tries_left);
    check_usable(expires_at, tries_left, transaction.now())?;
    if !is_right(&confirmation.code, &registration.code_hash) {
        let row = registration::ActiveModel {
            tries_left: Set(tries_left - 1),
            ..Default::default()
        };
        lookup::update_later::<registration::Entity>(&transaction, registration.id, row);
        transaction.commit(NoContent).await?;
        let detail = "This code is not right. Use the code from the newest email.";
        return Err(Problem::WrongCredentials(detail));
    }
    throttle::reset_attempts(&transaction, &[AttemptKey::Unproven(&registration.email)]);
    let user = make_account(&transaction, registration).await?;
    let label = confirmation.device_label.as_ref().map(DeviceLabel::as_str);
    let tokens = open_session(app, &transaction, user.id, label).await?;
    transaction.commit(NoContent).await?;
    Ok(tokens)
}
