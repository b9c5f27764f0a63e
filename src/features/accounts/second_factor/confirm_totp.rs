//! Adds the authenticator app, with a first code of it.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::check::{already_enrolled, record_code, wrong_code};
use super::code::matching_step;
use super::recovery::{make_codes, replace_codes, show_codes};
use super::types::{RecoveryCodes, TotpConfirmation};
use crate::app::App;
use crate::auth::RecentCaller;
use crate::auth::throttle::{self, AttemptKey};
use crate::entity::account_event::EventKind;
use crate::entity::totp_factor::Entity;
use crate::features::accounts::factor_change::{FactorChange, note_factor_change};
use crate::http::extract::Json;
use crate::http::openapi::{Fact, TriedTooOften};
use crate::http::response::Secret;
use crate::platform::text::TypedFactor;
use crate::problem::{Conflict, Problem};

/// Add the authenticator app, with a code that it shows.
///
/// From now on signing in takes a code. Answers ten recovery codes, shown once.
/// Signs all other devices out, unless they are to stay. The owner is told by
/// mail. Where this device has not proved in the last ten minutes who holds it:
/// 403 `reauthentication_needed`. 409 `not_enrolled` or `already_enrolled`.
/// Five codes in a quarter of an hour, then 429.
#[utoipa::path(
    post, path = "/me/totp/confirm", tag = "accounts",
    extensions(("x-facts" = json!([Fact::AnswerNotKept]))),
    responses(
        (status = OK, description = "The recovery codes", body = RecoveryCodes),
        Problem, TriedTooOften,
    ),
)]
pub async fn confirm_totp(
    app: App,
    caller: RecentCaller,
    Json(confirmation): Json<TotpConfirmation>,
) -> Result<Secret<RecoveryCodes>, Problem> {
    record_code(&app, caller.user_id()).await?;
    let codes = make_codes(&app).await?;
    let write = app.begin_write(&caller).await?;
    let factor = write.find::<Entity>().one(write.tx()).await?;
    let factor = factor
        .ok_or_else(|| Conflict::of("not_enrolled", "Begin to add an authenticator app first."))?;
    if factor.confirmed_at.is_some() {
        return Err(already_enrolled());
    }
    let TypedFactor::Totp(digits) = confirmation.code.expose() else {
        return Err(wrong_code());
    };
    let step = matching_step(&app, &factor, digits, write.now())?;
    let step = step.ok_or_else(wrong_code)?;
    let mut row = factor.into_active_model();
    row.confirmed_at = Set(Some(write.now()));
    row.last_step = Set(Some(step));
    write.update::<Entity>(row).await?;
    replace_codes(write.transaction(), write.user_id(), &codes).await?;
    throttle::reset_attempts(write.tx(), AttemptKey::SecondFactor(write.user_id())).await?;
    let change = FactorChange {
        kind: EventKind::TotpAdded,
        keep_other_sessions: confirmation.keep_other_sessions,
    };
    note_factor_change(&write, &change).await?;
    write.commit_without_replay().await?;
    Ok(show_codes(codes))
}
