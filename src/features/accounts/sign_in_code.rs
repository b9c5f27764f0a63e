//! Signing in by a mailed code, for people who forget passwords. The code is good
//! only together with the id that the asking device got, and for no other device.

use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use garde::Validate;
use sea_orm::{ActiveValue::Set, Condition, QuerySelect};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::known_devices::find_device;
use super::mail::MailSignInCode;
use super::second_factor::SecondFactorNeeded;
use super::sign_in::{Attempt, SignIn};
use super::types::Tokens;
use crate::app::App;
use crate::auth::throttle::{self, AttemptKey};
use crate::auth::{find_user_by_email, lock_user_of, lookup};
use crate::entity::ids::SignInCodeId;
use crate::entity::sign_in_code::{ActiveModel, Entity, Model};
use crate::http::extract::{Asked, Json, Path};
use crate::http::openapi::{TriedTooOften, WrongCredentials};
use crate::http::response::{Done, Report};
use crate::platform::crypto::keys::{equal, random_id, sha256};
use crate::platform::db::Transaction;
use crate::platform::text::{DeviceLabel, EmailAddress, MailedCode, PresentedSecret};
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;

const LIFE: TimeDelta = TimeDelta::minutes(10);
const TRIES: i32 = 5;

/// An address that wants to sign in by a mailed code.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "email": "ana@example.org", "device_label": "Ana's phone" })))]
pub struct CodeRequest {
    #[garde(custom(EmailAddress::check_bounds))]
    pub email: EmailAddress,
    #[serde(default)]
    #[garde(dive)]
    pub device_label: Option<DeviceLabel>,
    /// As it came with the first tokens of this device: it then waits for its own
    /// requests, not for those of strangers.
    #[serde(default)]
    #[garde(dive)]
    pub device_token: Option<PresentedSecret>,
}

/// Where a mailed code is to be shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-4cc0-8f0e-3c1f6a1b2c3d",
    "expires_at": "2027-01-02T12:10:00.000Z"
})))]
pub struct SignInCode {
    pub id: SignInCodeId,
    /// Until when the code is good.
    #[serde(serialize_with = "in_milliseconds")]
    pub expires_at: DateTime<Utc>,
}

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

/// Ask for a code to sign in with.
///
/// The answer is the same whether the address is known or not. If it has an
/// account, a mail follows with six digits, good for ten minutes, for five
/// tries, and on this device only. Who asks again and again waits (429); after
/// twenty unused codes until a new password is set by mail, or 30 days are
/// over.
#[utoipa::path(
    post, path = "/sign-in-codes", tag = "accounts", security(()),
    responses(
        (status = ACCEPTED, description = "If there is an account, a mail is on its way", body = SignInCode),
        Problem, TriedTooOften,
    ),
)]
pub async fn request_sign_in_code(
    app: App,
    request: Asked,
    Json(wish): Json<CodeRequest>,
) -> Result<(StatusCode, Report<SignInCode>), Problem> {
    throttle::check_client(&app, &request.0).await?;
    let email = wish.email.as_str();
    let id = SignInCodeId(random_id()?);
    let unit = app.begin().await?;
    let owner = find_user_by_email(unit.tx(), email)
        .await?
        .map(|user| user.id);
    let device = find_device(unit.tx(), wish.device_token.as_ref(), owner).await?;
    let attempt_key = match device {
        Some(device) => AttemptKey::Device(device.id),
        None => AttemptKey::CodeMail(email),
    };
    throttle::record_attempt(&unit, attempt_key).await?;
    let now = unit.now();
    let row = ActiveModel {
        id: Set(id),
        email: Set(email.to_owned()),
        device_label: Set(wish.device_label.map(String::from)),
        code_hash: Set(sha256(app.keys().sign_in_code(id).as_bytes())),
        tries_left: Set(TRIES),
        created_at: Set(now),
        expires_at: Set(now + LIFE),
        used_at: Set(None),
    };
    lookup::insert_all::<Entity>(unit.tx(), [row]).await?;
    let mail = MailSignInCode {
        sign_in_code_id: id,
    };
    unit.enqueue(&mail).await?;
    unit.commit(Done).await?;
    let expires_at = now + LIFE;
    Ok((StatusCode::ACCEPTED, Report(SignInCode { id, expires_at })))
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
    request: Asked,
    Path(path): Path<SignInCodePath>,
    Json(confirmation): Json<CodeConfirmation>,
) -> Result<SignIn, Problem> {
    throttle::check_client(&app, &request.0).await?;
    let unit = app.begin().await?;
    let code = lock_open(&unit, path.sign_in_code_id).await?;
    let now = unit.now();
    let user = lock_user_of(unit.tx(), &code.email).await?;
    let label = code.device_label.clone();
    let label = label.as_deref();
    let shown = sha256(confirmation.code.expose().as_bytes());
    let attempt = Attempt::note(&unit, &request.0, user.as_ref(), label, 0).await?;
    let matches = equal(&shown, &code.code_hash);
    let (Some(user), true) = (user, matches) else {
        let tries_left = code.tries_left - 1;
        update(&unit, code, |row| row.tries_left = Set(tries_left)).await?;
        unit.commit(Done).await?;
        let detail = "This code is not right. Use the code that this device asked for.";
        return Err(Problem::WrongCredentials(detail));
    };
    update(&unit, code, |row| row.used_at = Set(Some(now))).await?;
    let token = confirmation.device_token.as_ref();
    let device = find_device(unit.tx(), token, Some(user.id)).await?;
    let device = device.map(|device| device.id);
    if let Some(device) = device {
        throttle::reset_attempts(unit.tx(), AttemptKey::Device(device)).await?;
    }
    let signed_in = attempt.pass(&app, &unit, &user, device, label).await?;
    unit.commit(Done).await?;
    Ok(signed_in)
}

/// The wish while its code is good.
async fn lock_open(unit: &Transaction, id: SignInCodeId) -> Result<Model, Problem> {
    let code = lookup::by_id::<Entity>(id)
        .lock_exclusive()
        .one(unit.tx())
        .await?
        .ok_or(Problem::NotFound)?;
    if code.used_at.is_some() || code.expires_at <= unit.now() {
        return Err(Problem::Gone);
    }
    if code.tries_left == 0 {
        return Err(Problem::TriedTooOften);
    }
    Ok(code)
}

async fn update(
    unit: &Transaction,
    code: Model,
    change: impl FnOnce(&mut ActiveModel),
) -> Result<(), Problem> {
    let mut row = ActiveModel::default();
    change(&mut row);
    lookup::update_if::<Entity>(unit.tx(), code.id, row, Condition::all()).await?;
    Ok(())
}
