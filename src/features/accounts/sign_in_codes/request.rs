//! Mails a sign-in code.

use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use garde::Validate;
use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::throttle::{self, AttemptKey};
use crate::auth::{find_user_by_email, lookup};
use crate::entity::ids::SignInCodeId;
use crate::entity::sign_in_code::{ActiveModel, Entity};
use crate::features::accounts::known_devices::find_device;
use crate::features::accounts::mail::MailSignInCode;
use crate::http::extract::{AnonymousRequest, Json};
use crate::http::openapi::TriedTooOften;
use crate::http::response::{Body, NoContent};
use crate::platform::crypto::keys::{random_id, sha256};
use crate::platform::text::{DeviceLabel, EmailAddress, PresentedSecret};
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;

const LIFE: TimeDelta = TimeDelta::minutes(10);
const TRIES: i32 = 5;

/// Where to send the code, and what to call the device.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "email": "ana@example.org", "device_label": "Ana's phone" })))]
pub struct SignInCodeRequest {
    #[garde(custom(EmailAddress::check_bounds))]
    pub email: EmailAddress,
    #[serde(default)]
    #[garde(dive)]
    pub device_label: Option<DeviceLabel>,
    /// The `device_token` that this device got when it signed in for the first time. With
    /// it the requests of strangers cannot make this device wait.
    #[serde(default)]
    #[garde(dive)]
    pub device_token: Option<PresentedSecret>,
}

/// A mailed code that waits to be confirmed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-4cc0-8f0e-3c1f6a1b2c3d",
    "expires_at": "2027-01-02T12:10:00.000Z"
})))]
pub struct SignInCode {
    /// The id of the sign-in code. Confirm the code under it.
    pub id: SignInCodeId,
    /// When the code expires.
    #[serde(serialize_with = "in_milliseconds")]
    pub expires_at: DateTime<Utc>,
}

/// Request a sign-in code by email.
///
/// If the address has an account, an email follows with a six-digit code. The code is valid
/// for ten minutes and five tries, and only on this device: it belongs to the id in the
/// answer. The answer is the same if the address has no account.
///
/// - 429 `too_many_requests`: after five unused codes each further request must wait; after
///   twenty, until you reset the password or for 30 days; `Retry-After` says how long
/// - 429 `too_many_requests`: there were too many tries from your network in the last minute
#[utoipa::path(
    post, path = "/sign-in-codes", tag = "sign in", security(()),
    responses(
        (status = ACCEPTED, description = "If there is an account, an email is on its way", body = SignInCode),
        Problem, TriedTooOften,
    ),
)]
pub async fn request_sign_in_code(
    app: App,
    request: AnonymousRequest,
    Json(wish): Json<SignInCodeRequest>,
) -> Result<(StatusCode, Body<SignInCode>), Problem> {
    throttle::count_try_or_refuse(&app, &request.0).await?;
    let email = wish.email.as_str();
    let id = SignInCodeId(random_id()?);
    let transaction = app.begin().await?;
    let owner = find_user_by_email(transaction.tx(), email)
        .await?
        .map(|user| user.id);
    let device = find_device(transaction.tx(), wish.device_token.as_ref(), owner).await?;
    let attempt_key = match device {
        Some(device) => AttemptKey::Device(device.id),
        None => AttemptKey::CodeMail(email),
    };
    throttle::record_attempt(&transaction, attempt_key).await?;
    let now = transaction.now();
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
    lookup::insert_all_later::<Entity>(&transaction, [row]);
    let mail = MailSignInCode {
        sign_in_code_id: id,
    };
    transaction.enqueue(&mail).await?;
    transaction.commit(NoContent).await?;
    let expires_at = now + LIFE;
    Ok((StatusCode::ACCEPTED, Body(SignInCode { id, expires_at })))
}
