//! Signs in with a mailed code.

use garde::Validate;
use sea_orm::{ActiveValue::Set, Condition, QuerySelect};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::auth::throttle::{self, AttemptKey};
use crate::auth::{lock_user_of, lookup};
use crate::entity::ids::SignInCodeId;
use crate::entity::sign_in_code::{ActiveModel, Entity, Model};
use crate::features::accounts::known_devices::find_device;
use crate::features::accounts::mailed_code::{check_usable, is_right};
use crate::features::accounts::second_factor::SecondFactorNeeded;
use crate::features::accounts::sign_in_attempt::{Attempt, SignIn};
use crate::features::accounts::types::Tokens;
use crate::http::extract::{AnonymousRequest, Json, Path};
use crate::http::openapi::{TriedTooOften, WrongCredentials};
use crate::http::response::NoContent;
use crate::platform::db::Transaction;
use crate::platform::text::{MailedCode, PresentedSecret};
use crate::problem::Problem;

/// The wish to sign in by a code, in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SignInCodePath {
    /// The wish.
    #[param(inline)]
    pub sign_in_code_id: SignInCodeId,
}

/// The code of a mail.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "code": "042137", "device_token": "q0TqkB9mX3v5…" })))]
pub struct CodeConfirmation {
    #[garde(dive)]
    pub code: MailedCode,
    /// As it came with the first tokens of this device.
    #[serde(default)]
    #[garde(dive)]
    pub device_token: Option<PresentedSecret>,
}

/// Sign in with a mailed code.
///
/// After five wrong tries, or ten minutes, the answer is 410: ask for another
/// code. An account with a second factor answers 202, as with a password.
#[utoipa::path(
    post, path = "/sign-in-codes/{sign_in_code_id}/confirm", tag = "accounts", security(()),
    params(SignInCodePath),
    responses(
        (status = CREATED, description = "Signed in", body = Tokens),
        (status = ACCEPTED, description = "The second factor is missing", body = SecondFactorNeeded),
        Problem, WrongCredentials, TriedTooOften,
    ),
)]
pub async fn confirm_sign_in_code(
    app: App,
    request: AnonymousRequest,
    Path(path): Path<SignInCodePath>,
    Json(confirmation): Json<CodeConfirmation>,
) -> Result<SignIn, Problem> {
    throttle::count_try_or_refuse(&app, &request.0).await?;
    let transaction = app.begin().await?;
    let code = lock_open(&transaction, path.sign_in_code_id).await?;
    let now = transaction.now();
    let user = lock_user_of(transaction.tx(), &code.email).await?;
    let label = code.device_label.clone();
    let label = label.as_deref();
    let attempt = Attempt::note(&transaction, &request.0, user.as_ref(), label, 0).await?;
    let matches = is_right(&confirmation.code, &code.code_hash);
    let (Some(user), true) = (user, matches) else {
        let tries_left = code.tries_left - 1;
        update(&transaction, code, |row| row.tries_left = Set(tries_left)).await?;
        transaction.commit(NoContent).await?;
        let detail = "This code is not right. Use the code that this device asked for.";
        return Err(Problem::WrongCredentials(detail));
    };
    update(&transaction, code, |row| row.used_at = Set(Some(now))).await?;
    let token = confirmation.device_token.as_ref();
    let device = find_device(transaction.tx(), token, Some(user.id)).await?;
    let device = device.map(|device| device.id);
    if let Some(device) = device {
        throttle::reset_attempts(transaction.tx(), AttemptKey::Device(device)).await?;
    }
    let signed_in = attempt
        .pass(&app, &transaction, &user, device, label)
        .await?;
    transaction.commit(NoContent).await?;
    Ok(signed_in)
}

/// The wish while its code is good.
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

async fn update(
    transaction: &Transaction,
    code: Model,
    change: impl FnOnce(&mut ActiveModel),
) -> Result<(), Problem> {
    let mut row = ActiveModel::default();
    change(&mut row);
    lookup::update_if::<Entity>(transaction.tx(), code.id, row, Condition::all()).await?;
    Ok(())
}
