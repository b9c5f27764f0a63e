//! Signs in with a mailed code.

use axum::http::StatusCode;
use garde::Validate;
use sea_orm::{ActiveValue::Set, QuerySelect};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::auth::throttle::{self, AttemptKey};
use crate::auth::{lock_user_of, lookup};
use crate::entity::ids::SignInCodeId;
use crate::entity::sign_in_code::{ActiveModel, Entity, Model};
use crate::features::accounts::known_devices::find_device;
use crate::features::accounts::mailed_code::{check_usable, is_right};
use crate::features::accounts::sign_in_attempt::Attempt;
use crate::features::accounts::sign_in_facts::SignInFacts;
use crate::features::accounts::types::SignInOutcome;
use crate::http::extract::{AnonymousRequest, Json, Path};
use crate::http::openapi::{TriedTooOften, WrongCredentials};
use crate::http::response::{NoContent, Secret};
use crate::platform::db::Transaction;
use crate::platform::text::{MailedCode, PresentedSecret};
use crate::problem::Problem;

/// The sign-in code in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SignInCodePath {
    /// The id of the sign-in code.
    #[param(inline)]
    pub sign_in_code_id: SignInCodeId,
}

/// The code from the email.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "code": "042137", "device_token": "q0TqkB9mX3v5…" })))]
pub struct ConfirmSignInCodeRequest {
    #[garde(dive)]
    pub code: MailedCode,
    /// The `device_token` that this device got when it signed in for the first time.
    #[serde(default)]
    #[garde(dive)]
    pub device_token: Option<PresentedSecret>,
}

/// Sign in with a mailed code.
///
/// Opens a session for this device: the tokens are in `session`. For an account with an
/// authenticator app, `session` is null and `second_factor` has a ticket: send the ticket
/// with a code from the app to `POST /v1/sessions/second-factor`. You get an email if the
/// device is new.
///
/// - 401 `wrong_credentials`: the code is not right
/// - 404 `not_found`: there is no such sign-in code
/// - 410 `no_longer_valid`: the code was used, is older than ten minutes or was tried five times;
///   request a new one
/// - 429 `too_many_requests`: there were too many tries from your network in the last minute
#[utoipa::path(
    post, path = "/sign-in-codes/{sign_in_code_id}/confirm", tag = "sign in", security(()),
    params(SignInCodePath),
    responses(
        (status = OK, description = "You are signed in, or the second factor is needed", body = SignInOutcome),
        Problem, WrongCredentials, TriedTooOften,
    ),
)]
pub async fn confirm_sign_in_code(
    app: App,
    request: AnonymousRequest,
    Path(path): Path<SignInCodePath>,
    Json(confirmation): Json<ConfirmSignInCodeRequest>,
) -> Result<Secret<SignInOutcome>, Problem> {
    throttle::count_try_or_refuse(&app, &request.0).await?;
    let transaction = app.begin().await?;
    let code = lock_open(&transaction, path.sign_in_code_id).await?;
    let now = transaction.now();
    let user = lock_user_of(transaction.tx(), &code.email).await?;
    let label = code.device_label.clone();
    let label = label.as_deref();
    let user_id = user.as_ref().map(|user| user.id);
    let attempt = Attempt::undecided(&request.0, user_id, label);
    let matches = is_right(&confirmation.code, &code.code_hash);
    let (Some(user), true) = (user, matches) else {
        let tries_left = code.tries_left - 1;
        update(&transaction, code.id, |row| {
            row.tries_left = Set(tries_left);
        });
        attempt.refuse(&transaction);
        transaction.commit(NoContent).await?;
        let detail = "This code is not right. Use the code that this device asked for.";
        return Err(Problem::WrongCredentials(detail));
    };
    update(&transaction, code.id, |row| row.used_at = Set(Some(now)));
    let token = confirmation.device_token.as_ref();
    let device = find_device(transaction.tx(), token, Some(user.id)).await?;
    let device = device.map(|device| device.id);
    if let Some(device) = device {
        throttle::reset_attempts(&transaction, &[AttemptKey::Device(device)]);
    }
    let account = SignInFacts::read(&app, transaction.tx(), user.id, now).await?;
    let signed_in = attempt
        .pass(&app, &transaction, &account, device, label)
        .await?;
    transaction.commit(NoContent).await?;
    Ok(Secret(StatusCode::OK, signed_in))
}

/// Locks a sign-in code that can still be used.
async fn lock_open(transaction: &Transaction, id: SignInCodeId) -> Result<Model, Problem> {
    let code = lookup::by_id::<Entity>(id)
        .lock_exclusive()
        .one(transaction.tx())
        .await?
        .ok_or(Problem::NotFound)?;
    if code.used_at.is_some() {
        return Err(Problem::Gone);
    }
    check_usable(code.expires_at, code.tries_left, transaction.now())?;
    Ok(code)
}

fn update(transaction: &Transaction, id: SignInCodeId, change: impl FnOnce(&mut ActiveModel)) {
    let mut row = ActiveModel::default();
    change(&mut row);
    lookup::update_later::<Entity>(transaction, id, row);
}
