//! Adds the authenticator app, after its first code was right.

use sea_orm::{ActiveValue::Set, ColumnTrait};

use super::check::{already_enrolled, record_code, wrong_code};
use super::code::matching_step;
use super::recovery::{make_codes, replace_codes, show_codes};
use super::types::{RecoveryCodes, TotpCodeRequest};
use crate::app::App;
use crate::auth::RecentCaller;
use crate::auth::throttle::{self, AttemptKey};
use crate::entity::security_event::SecurityEventKind;
use crate::entity::totp_factor::{ActiveModel, Column, Entity};
use crate::features::accounts::factor_change::{FactorChange, note_factor_change};
use crate::http::extract::Json;
use crate::http::openapi::{Fact, TriedTooOften};
use crate::http::response::Secret;
use crate::platform::text::TypedFactor;
use crate::problem::{Conflict, Problem, ProblemCode};

/// Add the authenticator app.
///
/// Takes a code that the app shows. From now on you need such a code to sign in with a
/// password or a mailed code. Answers ten recovery codes; they are shown only once. All your
/// other sessions end, unless `keep_other_sessions` is true. You get an email about it.
///
/// - 403 `reauthentication_required`: you have not confirmed your identity in the last ten minutes
/// - 409 `account_deletion_scheduled`: the deletion of your account is scheduled; cancel it first
/// - 409 `totp_not_started`: start with `POST /v1/me/totp` first
/// - 409 `totp_already_enabled`: your account has an authenticator app; remove it first
/// - 422 `incorrect`: the code is not right
/// - 429 `too_many_requests`: five codes were tried in the last quarter of an hour
#[utoipa::path(
    post, path = "/me/totp/confirm", tag = "security",
    extensions(("x-facts" = json!([Fact::AnswerNotKept]))),
    responses(
        (status = OK, description = "The recovery codes", body = RecoveryCodes),
        Problem, TriedTooOften,
    ),
)]
pub async fn confirm_totp(
    app: App,
    caller: RecentCaller,
    Json(confirmation): Json<TotpCodeRequest>,
) -> Result<Secret<RecoveryCodes>, Problem> {
    record_code(&app, caller.user_id()).await?;
    let codes = make_codes(&app).await?;
    let write = app.begin_write(&caller).await?;
    let factor = write.find::<Entity>().one(write.tx()).await?;
    let factor = factor.ok_or_else(|| {
        Conflict::of(
            ProblemCode::TotpNotStarted,
            "Start to add an authenticator app first.",
        )
    })?;
    if factor.confirmed_at.is_some() {
        return Err(already_enrolled());
    }
    let TypedFactor::Totp(digits) = confirmation.code.expose() else {
        return Err(wrong_code());
    };
    let step = matching_step(&app, &factor, digits, write.now())?;
    let step = step.ok_or_else(wrong_code)?;
    let row = ActiveModel {
        confirmed_at: Set(Some(write.now())),
        last_step: Set(Some(step)),
        ..Default::default()
    };
    let account = write.account();
    account.update_all_later::<Entity>(write.transaction(), row, Column::Id.eq(factor.id));
    replace_codes(write.transaction(), write.user_id(), &codes).await?;
    let right = AttemptKey::SecondFactor(write.user_id());
    throttle::reset_attempts(write.transaction(), &[right]);
    let change = FactorChange {
        kind: SecurityEventKind::TotpAdded,
        keep_other_sessions: confirmation.keep_other_sessions,
    };
    note_factor_change(&write, &change).await?;
    write.commit_without_replay().await?;
    Ok(show_codes(codes))
}
