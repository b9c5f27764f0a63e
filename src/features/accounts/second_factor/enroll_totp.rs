//! Starts to add an authenticator app. Signing in needs no code until the first code was right:
//! people who stop half-way must not lock themselves out.

use axum::http::StatusCode;
use sea_orm::ActiveValue::Set;
use serde::Serialize;
use utoipa::ToSchema;

use super::check::already_enrolled;
use super::code::{cell_of, generator};
use super::store::remove_factor;
use crate::app::App;
use crate::auth::RecentCaller;
use crate::entity::ids::TotpFactorId;
use crate::entity::totp_factor::{ActiveModel, Entity};
use crate::http::openapi::Fact;
use crate::http::response::Secret;
use crate::platform::crypto::keys::random_bytes;
use crate::problem::Problem;

const SEED: usize = 20;

/// The secret of an authenticator app, shown once.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({
    "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "otpauth_uri": "otpauth://totp/Kith:ana%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Kith"
})))]
pub struct TotpEnrollment {
    /// The secret in base 32, for people who type it into the app.
    pub secret: String,
    /// The content of the QR code that an authenticator app scans.
    pub otpauth_uri: String,
}

/// Start to add an authenticator app.
///
/// Answers the secret once, as text and as the content of a QR code. Nothing changes until
/// you confirm a code from the app with `POST /v1/me/totp/confirm`.
///
/// - 403 `reauthentication_required`: you have not confirmed your identity in the last ten minutes
/// - 409 `account_deletion_scheduled`: the deletion of your account is scheduled; cancel it first
/// - 409 `totp_already_enabled`: your account has an authenticator app; remove it first
#[utoipa::path(
    post, path = "/me/totp", tag = "security",
    extensions(("x-facts" = json!([Fact::AnswerNotKept]))),
    responses((status = CREATED, description = "The secret", body = TotpEnrollment), Problem),
)]
pub async fn enroll_totp(
    app: App,
    caller: RecentCaller,
) -> Result<Secret<TotpEnrollment>, Problem> {
    let seed = random_bytes::<SEED>()?;
    let write = app.begin_write(&caller).await?;
    let user = write.user();
    if write.has_second_factor() {
        return Err(already_enrolled());
    }
    remove_factor(write.tx(), user.id).await?;
    let id: TotpFactorId = write.new_id();
    let row = ActiveModel {
        id: Set(id),
        user_id: Set(user.id),
        seed: Set(app.keys().seal(&cell_of(id), &seed)?),
        last_step: Set(None),
        created_at: Set(write.now()),
        confirmed_at: Set(None),
    };
    let account = write.account();
    account.insert_all_later::<Entity>(write.transaction(), [row]);
    // In the otpauth URI a colon separates the issuer from the account.
    let totp = generator(&seed, &user.email.replace(':', " "))?;
    let otpauth_uri = totp
        .to_url()
        .map_err(|error| anyhow::anyhow!("an otpauth address: {error}"))?;
    write.commit_without_replay().await?;
    let enrolment = TotpEnrollment {
        secret: totp_rs::Secret::new(seed.into()).to_base32(),
        otpauth_uri,
    };
    Ok(Secret(StatusCode::CREATED, enrolment))
}
