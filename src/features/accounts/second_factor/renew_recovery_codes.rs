//! Makes new recovery codes in place of the old ones.

use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::check::{check_code, wrong_code};
use super::code::{JudgedCode, spend};
use super::recovery::{make_codes, replace_codes, show_codes};
use super::types::RecoveryCodes;
use crate::app::App;
use crate::auth::RecentCaller;
use crate::entity::account_event::EventKind;
use crate::features::accounts::mail::mail_event;
use crate::http::extract::Json;
use crate::http::openapi::{Fact, TriedTooOften};
use crate::http::response::Secret;
use crate::platform::text::FactorCode;
use crate::problem::Problem;

/// What the authenticator app shows.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "code": "042137" })))]
pub struct TotpCode {
    /// Six digits.
    #[garde(dive)]
    pub code: FactorCode,
}

/// Make new recovery codes.
///
/// Takes a code of the authenticator app, not one of the recovery codes: one
/// piece of paper does not become ten. The codes before are void. The owner is
/// told by mail. Where this device has not proved in the last ten minutes who
/// holds it: 403 `reauthentication_needed`. 409 `not_enrolled`. Five codes in a
/// quarter of an hour, then 429.
#[utoipa::path(
    post, path = "/me/recovery-codes", tag = "accounts",
    extensions(("x-facts" = json!([Fact::AnswerNotKept]))),
    responses(
        (status = OK, description = "The recovery codes", body = RecoveryCodes),
        Problem, TriedTooOften,
    ),
)]
pub async fn renew_recovery_codes(
    app: App,
    caller: RecentCaller,
    Json(shown): Json<TotpCode>,
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
    let event = write.note(EventKind::RecoveryCodesRenewed).await?;
    mail_event(write.transaction(), event).await?;
    write.commit_without_replay().await?;
    Ok(show_codes(codes))
}
