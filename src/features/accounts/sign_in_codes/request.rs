//! Mails a code to sign in with.

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
    request: AnonymousRequest,
    Json(wish): Json<CodeRequest>,
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
    lookup::insert_all::<Entity>(transaction.tx(), [row]).await?;
    let mail = MailSignInCode {
        sign_in_code_id: id,
    };
    transaction.enqueue(&mail).await?;
    transaction.commit(NoContent).await?;
    let expires_at = now + LIFE;
    Ok((StatusCode::ACCEPTED, Body(SignInCode { id, expires_at })))
}
