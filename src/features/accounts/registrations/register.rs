//! Registers an email address. The answer does not tell whether it has an account.

use axum::http::StatusCode;
use garde::Validate;
use sea_orm::{ActiveValue::Set, TryIntoModel};
use serde::Deserialize;
use utoipa::ToSchema;

use super::store::{CODE_LIFE, LINK_LIFE, TRIES, mail_code};
use super::types::Registration;
use crate::app::App;
use crate::auth::lookup;
use crate::auth::mail_tokens::{self, TokenSubject};
use crate::auth::throttle::{self, AttemptKey};
use crate::entity::ids::RegistrationId;
use crate::entity::mail_token::MailTokenKind;
use crate::entity::registration;
use crate::http::extract::{AnonymousRequest, Json};
use crate::http::openapi::{SignupsClosed, TriedTooOften};
use crate::http::response::Body;
use crate::platform::crypto::keys::{random_id, sha256};
use crate::platform::language::{LanguageTag, known_or_none};
use crate::platform::text::{EmailAddress, NewPassword, PersonName};
use crate::platform::time::civil::{ZoneName, named_or_unknown};
use crate::problem::Problem;

/// What a new account needs.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "email": "ana@example.org",
    "password": "correct horse battery staple",
    "name": "Ana Díaz",
    "time_zone": "Europe/Berlin",
    "locale": "es"
})))]
pub struct RegisterRequest {
    #[garde(dive)]
    pub email: EmailAddress,
    #[garde(dive)]
    pub password: NewPassword,
    /// Your name. Circles that you join from now on show it.
    #[garde(dive)]
    pub name: PersonName,
    /// The time zone of the times in your emails. Default: UTC, for a device that does
    /// not know its zone.
    #[serde(default, deserialize_with = "named_or_unknown")]
    #[garde(dive)]
    pub time_zone: Option<ZoneName>,
    /// The language of your emails and pages. Default: that of each circle. A language that this
    /// server does not have counts as none.
    #[serde(default, deserialize_with = "known_or_none")]
    #[garde(dive)]
    pub locale: Option<LanguageTag>,
}

/// Register with your email address.
///
/// An email follows, with a link and a six-digit code. Confirming the code signs this app
/// in. Following the link creates the account and signs nobody in.
///
/// The answer is the same for an address that has an account already. Then the email says
/// so, and nothing changes.
///
/// - 403 `signups_closed`: this server takes new accounts by invitation only
/// - 429 `too_many_requests`: many emails to this address were not confirmed, or there were
///   too many tries from your network in the last minute
#[utoipa::path(
    post, path = "/registrations", tag = "sign in", security(()),
    responses(
        (status = ACCEPTED, description = "An email is on its way", body = Registration),
        Problem, SignupsClosed, TriedTooOften,
    ),
)]
pub async fn register(
    app: App,
    request: AnonymousRequest,
    Json(new): Json<RegisterRequest>,
) -> Result<(StatusCode, Body<Registration>), Problem> {
    throttle::count_try_or_refuse(&app, &request.0).await?;
    if !app.signups_allowed() {
        return Err(Problem::SignupsClosed);
    }
    let registration = store_registration(&app, new).await?;
    Ok((StatusCode::ACCEPTED, Body(registration)))
}

/// Stores the registration and enqueues the email, whether the address has an account or not.
async fn store_registration(app: &App, new: RegisterRequest) -> Result<Registration, Problem> {
    let known = vec![new.email.as_str().into(), new.name.as_str().into()];
    app.passwords()
        .check_new("/password", &new.password, known)
        .await?;
    let password_hash = app.passwords().hash(new.password.expose()).await?;
    let id = RegistrationId(random_id()?);

    let transaction = app.begin().await?;
    throttle::record_attempt(&transaction, AttemptKey::Unproven(new.email.as_str())).await?;
    let now = transaction.now();
    let row = registration::ActiveModel {
        id: Set(id),
        email: Set(new.email.into()),
        name: Set(new.name.into()),
        password_hash: Set(password_hash),
        time_zone: Set(new.time_zone.unwrap_or_else(ZoneName::utc).into()),
        locale: Set(new.locale.map(Into::into)),
        code_hash: Set(sha256(app.keys().code(id, 1).as_bytes())),
        code_number: Set(1),
        tries_left: Set(TRIES),
        code_expires_at: Set(now + CODE_LIFE),
        expires_at: Set(now + LINK_LIFE),
        confirmed_at: Set(None),
        created_at: Set(now),
    };
    let registration = row.clone().try_into_model()?;
    lookup::insert_all_later::<registration::Entity>(&transaction, [row]);
    mail_tokens::issue_later(
        &transaction,
        MailTokenKind::VerifyEmail,
        TokenSubject::registration(id),
        Some(now + LINK_LIFE),
    );
    mail_code(transaction, &registration).await
}
