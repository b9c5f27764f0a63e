//! Replaces the recovery codes.

use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::check::{check_code, wrong_code};
use super::code::{JudgedCode, spend};
use super::recovery::{make_codes, replace_codes, show_codes};
use super::types::RecoveryCodes;
use crate::app::App;
use crate::auth::RecentCaller;
use crate::entity::security_event::SecurityEventKind;
use crate::features::accounts::mail::mail_event;
use crate::http::extract::Json;
use crate::http::openapi::{Fact, TriedTooOften};
use crate::http::response::Secret;
use crate::platform::text::FactorCode;
use crate::problem::Problem;

/// A code from the authenticator app.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "code": "042137" })))]
pub struct ReplaceRecoveryCodesRequest {
    /// The six digits that the app shows. A recovery code is not accepted here.
    #[garde(dive)]
    pub code: FactorCode,
}

/// Replace your recovery codes.
///
/// Takes a code from the authenticator app and answers ten new recovery codes; they are
/// shown only once. The old ones no longer work. You get an email about it. A recovery code is not
/// accepted: a stranger who finds one of them must not get ten.
///
/// - 403 `reauthentication_required`: you have not confirmed your identity in the last ten minutes
/// - 409 `account_deletion_scheduled`: the deletion of your account is scheduled; cancel it first
/// - 409 `totp_not_enabled`: your account has no authenticator app
/// - 422 `incorrect`: the code is not right, or was used before
/// - 429 `too_many_requests`: five codes were tried in the last quarter of an hour
#[utoipa::path(
    post, path = "/me/recovery-codes", tag = "security",
    extensions(("x-facts" = json!([Fact::AnswerNotKept]))),
    responses(
        (status = OK, description = "The recovery codes", body = RecoveryCodes),
        Problem, TriedTooOften,
    ),
)]
pub async fn replace_recovery_codes(
    app: App,
    caller: RecentCaller,
    Json(shown): Json<ReplaceRecoveryCodesRequest>,
) -> Result<Secret<RecoveryCodes>, Problem> {
    let code = check_code(&app, &caller, &shown.code).await?;
    if !matches!(code, JudgedCode::Totp(..)) {
        return Err(wrong_code());
    }
    let codes = make_codes(&app).await?;
    let write = app.begin_write(&caller).await?;
    if !spend(write.tx(), write.user_id(), code, write.now()).await? {
        return Err(wrong_code());
    }
    replace_codes(write.transaction(), write.user_id(), &codes).await?;
    let event = write.note(SecurityEventKind::RecoveryCodesReplaced);
    mail_event(write.transaction(), event).await?;
    write.commit_without_replay().await?;
    Ok(show_codes(codes))
}
