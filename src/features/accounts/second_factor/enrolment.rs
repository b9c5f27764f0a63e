//! Switching the second factor on and off. A factor gates nothing until a first
//! code of it was right, so that nobody locks themselves out half-way.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction,
    IntoActiveModel, QueryFilter,
};

use super::code::{Shown, generator, judge_code, matching_step, place_of, spend};
use super::recovery::{NewCode, codes_left, delete_codes, make_codes, replace_codes};
use super::types::{Factors, RecoveryCodes, TotpCode, TotpConfirmation, TotpEnrolment};
use crate::app::App;
use crate::auth::require_user;
use crate::auth::throttle::{self, AttemptKey};
use crate::auth::{Account, AccountWrite, Caller, RecentCaller};
use crate::entity::account_event::EventKind;
use crate::entity::ids::{TotpFactorId, UserId};
use crate::entity::totp_factor::{ActiveModel, Column, Entity, Model};
use crate::features::accounts::factor_change::{
    FactorChange, finish_factor_change, note_factor_change,
};
use crate::features::accounts::mail::mail_event;
use crate::features::accounts::passkeys::count_passkeys;
use crate::http::extract::Json;
use crate::http::openapi::{Fact, TriedTooOften};
use crate::http::response::{Done, Report, Secret};
use crate::platform::crypto::keys::random_bytes;
use crate::platform::text::{FactorCode, TypedFactor};
use crate::problem::{Conflict, Problem};

const SEED: usize = 20;

/// Read what it takes to sign in to one's account.
///
/// Whether there is a password and an authenticator app, how many passkeys there
/// are, and how many recovery codes are left.
#[utoipa::path(
    get, path = "/me/factors", tag = "accounts",
    responses((status = OK, description = "The factors", body = Factors), Problem),
)]
pub async fn read_factors(app: App, caller: Caller) -> Result<Report<Factors>, Problem> {
    let user = require_user(app.reader(), caller.user_id()).await?;
    let factor = find_factor(app.reader(), user.id).await?;
    Ok(Report(Factors {
        has_password: user.password_hash.is_some(),
        passkeys: count_passkeys(app.reader(), user.id).await?,
        totp_added_at: factor.and_then(|factor| factor.confirmed_at),
        recovery_codes_left: codes_left(app.reader(), user.id).await?,
    }))
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
    let write = app.begin_account_write(&caller).await?;
    let user = require_user(write.tx(), write.user_id()).await?;
    if is_on(write.tx(), user.id).await? {
        return Err(already_on());
    }
    remove_factor(write.tx(), user.id).await?;
    let id: TotpFactorId = write.new_id();
    let row = ActiveModel {
        id: Set(id),
        user_id: Set(user.id),
        seed: Set(app.keys().seal(&place_of(id), &seed)?),
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
    count(&app, caller.user_id()).await?;
    let codes = make_codes(&app).await?;
    let write = app.begin_account_write(&caller).await?;
    let factor = write.find::<Entity>().one(write.tx()).await?;
    let factor = factor
        .ok_or_else(|| Conflict::of("not_enrolled", "Begin to add an authenticator app first."))?;
    if factor.confirmed_at.is_some() {
        return Err(already_on());
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
    Ok(show(codes))
}

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
) -> Result<Done, Problem> {
    AccountWrite::replay(&app, &caller).await?;
    let code = prove(&app, &caller, &confirmation.code).await?;
    let write = app.begin_account_write(&caller).await?;
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
    finish_factor_change(write, change, Done).await
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
    let code = prove(&app, &caller, &shown.code).await?;
    if !matches!(code, Shown::Totp(..)) {
        return Err(wrong_code());
    }
    let codes = make_codes(&app).await?;
    let write = app.begin_account_write(&caller).await?;
    if !spend(write.tx(), write.user_id(), code, write.now()).await? {
        return Err(wrong_code());
    }
    replace_codes(write.transaction(), write.user_id(), &codes).await?;
    let event = write.note(EventKind::RecoveryCodesRenewed).await?;
    mail_event(write.transaction(), event).await?;
    write.commit_without_replay().await?;
    Ok(show(codes))
}

/// Whether an account has a second factor that gates its sign-in.
pub(in crate::features::accounts) async fn is_on(
    connection: &impl ConnectionTrait,
    user_id: UserId,
) -> Result<bool, Problem> {
    Ok(find_factor(connection, user_id).await?.is_some())
}

/// The authenticator app of an account, once it is confirmed.
pub(super) async fn find_factor(
    connection: &impl ConnectionTrait,
    user_id: UserId,
) -> Result<Option<Model>, Problem> {
    let confirmed = Account::of(user_id)
        .find::<Entity>()
        .filter(Column::ConfirmedAt.is_not_null());
    Ok(confirmed.one(connection).await?)
}

async fn remove_factor(tx: &DatabaseTransaction, user_id: UserId) -> Result<(), Problem> {
    Account::of(user_id)
        .delete_all::<Entity>(tx, Condition::all())
        .await?;
    Ok(())
}

/// Counts a code that somebody signed in shows, and judges it.
async fn prove(app: &App, caller: &RecentCaller, code: &FactorCode) -> Result<Shown, Problem> {
    if !is_on(app.reader(), caller.user_id()).await? {
        let detail = "There is no authenticator app.";
        return Err(Conflict::of("not_enrolled", detail).into());
    }
    count(app, caller.user_id()).await?;
    judge_code(app, caller.user_id(), code)
        .await?
        .ok_or_else(wrong_code)
}

async fn count(app: &App, user_id: UserId) -> Result<(), Problem> {
    let unit = app.begin().await?;
    throttle::record_second_factor(&unit, user_id).await?;
    unit.commit(Done).await?;
    Ok(())
}

fn show(codes: Vec<NewCode>) -> Secret<RecoveryCodes> {
    let codes = codes.into_iter().map(|code| code.shown).collect();
    Secret(StatusCode::OK, RecoveryCodes { codes })
}

fn wrong_code() -> Problem {
    Problem::field("/code", "wrong", "This code is not right, or was used.")
}

fn already_on() -> Problem {
    let detail = "There is an authenticator app already. Remove it first.";
    Conflict::of("already_enrolled", detail).into()
}

/// Removes what was added to an account since a moment: of somebody who turned
/// out not to be its owner.
pub(in crate::features::accounts) async fn remove_added_since(
    tx: &DatabaseTransaction,
    user_id: UserId,
    since: DateTime<Utc>,
) -> Result<(), Problem> {
    let added = Condition::any()
        .add(Column::ConfirmedAt.is_null())
        .add(Column::ConfirmedAt.gte(since));
    let account = Account::of(user_id);
    if account.delete_all::<Entity>(tx, added).await? > 0 {
        delete_codes(tx, user_id).await?;
    }
    Ok(())
}
