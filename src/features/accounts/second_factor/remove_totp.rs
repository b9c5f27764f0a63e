//! Removes the authenticator app.

use super::check::{check_code, wrong_code};
use super::code::spend;
use super::recovery::delete_codes;
use super::store::remove_factor;
use super::types::TotpConfirmation;
use crate::app::App;
use crate::auth::throttle::{self, AttemptKey};
use crate::auth::{AccountWrite, RecentCaller};
use crate::entity::account_event::EventKind;
use crate::features::accounts::factor_change::{FactorChange, finish_factor_change};
use crate::http::extract::Json;
use crate::http::openapi::TriedTooOften;
use crate::http::response::NoContent;
use crate::problem::Problem;

/// Remove the authenticator app.
///
/// Takes a code of it, or a recovery code. From now on signing in takes
/// no code of an app; the recovery codes are void. The owner is told by mail.
/// Where this device has not proved in the last ten minutes who holds it: 403
/// `reauthentication_needed`. 409 `not_enrolled`. Five codes in a quarter of an
/// hour, then 429.
#[utoipa::path(
    post, path = "/me/totp/remove", tag = "accounts",
    responses((status = NO_CONTENT, description = "Removed"), Problem, TriedTooOften),
)]
pub async fn remove_totp(
    app: App,
    caller: RecentCaller,
    Json(confirmation): Json<TotpConfirmation>,
) -> Result<NoContent, Problem> {
    AccountWrite::replay(&app, &caller).await?;
    let code = check_code(&app, &caller, &confirmation.code).await?;
    let write = app.begin_write(&caller).await?;
    if !spend(write.tx(), write.user_id(), code, write.now()).await? {
        return Err(wrong_code());
    }
    remove_factor(write.tx(), write.user_id()).await?;
    delete_codes(write.tx(), write.user_id()).await?;
    throttle::reset_attempts(write.tx(), AttemptKey::SecondFactor(write.user_id())).await?;
    let change = FactorChange {
        kind: EventKind::TotpRemoved,
        keep_other_sessions: confirmation.keep_other_sessions,
    };
    finish_factor_change(write, change, NoContent).await
}
