//! Begins to add an authenticator app. It gates nothing until a first code of it was
//! right, so that nobody locks themselves out half-way.

use axum::http::StatusCode;
use sea_orm::ActiveValue::Set;
use serde::Serialize;
use utoipa::ToSchema;

use super::check::already_enrolled;
use super::code::{cell_of, generator};
use super::store::{is_on, remove_factor};
use crate::app::App;
use crate::auth::{RecentCaller, require_user};
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
    "uri": "otpauth://totp/Kith:ana%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Kith"
})))]
pub struct TotpEnrolment {
    /// In base 32, to be typed.
    pub secret: String,
    /// What a QR code for authenticator apps holds.
    pub uri: String,
}

/// Begin to add an authenticator app.
///
/// Shows the secret once, as text and as the address that a QR code holds.
/// Nothing changes until a code of it is confirmed. Where this device has not
/// proved in the last ten minutes who holds it: 403 `reauthentication_needed`.
/// 409 `already_enrolled` if there is an app.
#[utoipa::path(
    post, path = "/me/totp", tag = "accounts",
    extensions(("x-facts" = json!([Fact::AnswerNotKept]))),
    responses((status = CREATED, description = "The secret", body = TotpEnrolment), Problem),
)]
pub async fn enroll_totp(app: App, caller: RecentCaller) -> Result<Secret<TotpEnrolment>, Problem> {
    let seed = random_bytes::<SEED>()?;
    let write = app.begin_write(&caller).await?;
    let user = require_user(write.tx(), write.user_id()).await?;
    if is_on(write.tx(), user.id).await? {
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
    account.insert_all::<Entity>(write.tx(), [row]).await?;
    // The address of the secret separates the issuer from the account by a colon.
    let totp = generator(&seed, &user.email.replace(':', " "))?;
    let uri = totp
        .to_url()
        .map_err(|error| anyhow::anyhow!("an otpauth address: {error}"))?;
    write.commit_without_replay().await?;
    let enrolment = TotpEnrolment {
        secret: totp_rs::Secret::new(seed.into()).to_base32(),
        uri,
    };
    Ok(Secret(StatusCode::CREATED, enrolment))
}
