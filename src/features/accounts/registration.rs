//! From an address to an account: the code in the app, or the link in the mail.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, IntoActiveModel, QuerySelect};

use super::mail::MailVerification;
use super::session::open_session;
use super::types::{AlreadyIn, Confirmation, NewRegistration, Registration, Tokens};
use crate::app::App;
use crate::auth::mail_tokens::{self, Subject};
use crate::auth::throttle::{self, AttemptKey};
use crate::auth::{NewUser, find_user_by_email, insert_user, lookup};
use crate::entity::ids::RegistrationId;
use crate::entity::mail_token::MailTokenKind;
use crate::entity::{registration, user};
use crate::http::response::{Done, Report, Secret};
use crate::platform::crypto::keys::{equal, random_id, sha256};
use crate::platform::db::Transaction;
use crate::platform::text::DeviceLabel;
use crate::platform::time::civil::ZoneName;
use crate::problem::{Conflict, Problem};

const CODE_LIFE: TimeDelta = TimeDelta::minutes(15);
const LINK_LIFE: TimeDelta = TimeDelta::hours(24);
const TRIES: i32 = 5;
const CODES: i32 = 5;

/// Notes the wish and asks for the mail; the same whatever the address.
pub async fn register(app: &App, new: NewRegistration) -> Result<Registration, Problem> {
    let known = vec![new.email.as_str().into(), new.name.as_str().into()];
    app.passwords()
        .check_new("/password", &new.password, known)
        .await?;
    let password_hash = app.passwords().hash(new.password.expose()).await?;
    let id = RegistrationId(random_id()?);

    let unit = app.begin().await?;
    throttle::record_attempt(&unit, AttemptKey::Unproven(new.email.as_str())).await?;
    let now = unit.now();
    let row = registration::ActiveModel {
        id: Set(id),
        email: Set(new.email.into()),
        name: Set(new.name.into()),
        password_hash: Set(password_hash),
        time_zone: Set(new.time_zone.unwrap_or_else(ZoneName::utc).into()),
        code_hash: Set(sha256(app.keys().code(id, 1).as_bytes())),
        code_number: Set(1),
        tries_left: Set(TRIES),
        code_expires_at: Set(now + CODE_LIFE),
        expires_at: Set(now + LINK_LIFE),
        confirmed_at: Set(None),
        created_at: Set(now),
    };
    let registration = lookup::insert::<registration::Entity>(unit.tx(), row).await?;
    mail_tokens::issue(
        &unit,
        MailTokenKind::VerifyEmail,
        Subject::registration(id),
        Some(now + LINK_LIFE),
    )
    .await?;
    unit.enqueue(&MailVerification {
        registration_id: id,
    })
    .await?;
    unit.commit(Done).await?;
    Ok(answer(&registration))
}

/// Voids the code and mails a new one.
pub async fn resend(app: &App, id: RegistrationId) -> Result<Registration, Problem> {
    let unit = app.begin().await?;
    let registration = lock_waiting(&unit, id).await?;
    if registration.code_number == CODES {
        return Err(Conflict::of(
            "too_many_codes",
            "No more codes for this registration. Register again.",
        )
        .into());
    }
    throttle::record_attempt(&unit, AttemptKey::Unproven(&registration.email)).await?;
    let number = registration.code_number + 1;
    let now = unit.now();
    let mut row = registration.into_active_model();
    row.code_number = Set(number);
    row.code_hash = Set(sha256(app.keys().code(id, number).as_bytes()));
    row.tries_left = Set(TRIES);
    row.code_expires_at = Set(now + CODE_LIFE);
    let registration = lookup::update::<registration::Entity>(unit.tx(), row).await?;
    unit.enqueue(&MailVerification {
        registration_id: id,
    })
    .await?;
    unit.commit(Done).await?;
    Ok(answer(&registration))
}

/// How a registration was confirmed.
pub enum Confirmed {
    /// The account is new, and this app signed in.
    Now(Tokens),
    /// It was confirmed before: nobody is signed in by the same code again.
    Before,
}

impl IntoResponse for Confirmed {
    fn into_response(self) -> Response {
        match self {
            Self::Now(tokens) => Secret(StatusCode::CREATED, tokens).into_response(),
            Self::Before => Report(AlreadyIn::default()).into_response(),
        }
    }
}

/// Confirms by the code, makes the account and signs in.
pub async fn confirm(
    app: &App,
    id: RegistrationId,
    confirmation: Confirmation,
) -> Result<Confirmed, Problem> {
    let code = sha256(confirmation.code.expose().as_bytes());
    match confirm_once(app, id, confirmation).await {
        Err(Problem::Gone) if is_confirmed_by(app, id, &code).await? => Ok(Confirmed::Before),
        done => done.map(Confirmed::Now),
    }
}

/// Whether this code belongs to a registration that has its account: it is shown by the app
/// that registered, once more.
async fn is_confirmed_by(app: &App, id: RegistrationId, code: &[u8]) -> Result<bool, Problem> {
    let found = lookup::by_id::<registration::Entity>(id)
        .one(app.reader())
        .await?;
    Ok(found.is_some_and(|registration| {
        registration.confirmed_at.is_some() && equal(code, &registration.code_hash)
    }))
}

async fn confirm_once(
    app: &App,
    id: RegistrationId,
    confirmation: Confirmation,
) -> Result<Tokens, Problem> {
    let unit = app.begin().await?;
    let registration = lock_waiting(&unit, id).await?;
    if registration.code_expires_at <= unit.now() {
        return Err(Problem::Gone);
    }
    if registration.tries_left == 0 {
        return Err(Problem::TriedTooOften);
    }
    let code = sha256(confirmation.code.expose().as_bytes());
    if !equal(&code, &registration.code_hash) {
        let mut row = registration.clone().into_active_model();
        row.tries_left = Set(registration.tries_left - 1);
        lookup::update::<registration::Entity>(unit.tx(), row).await?;
        unit.commit(Done).await?;
        let detail = "This code is not right. Use the code of the newest mail.";
        return Err(Problem::WrongCredentials(detail));
    }
    throttle::reset_attempts(unit.tx(), AttemptKey::Unproven(&registration.email)).await?;
    let user = make_account(&unit, registration).await?;
    let label = confirmation.device_label.as_ref().map(DeviceLabel::as_str);
    let tokens = open_session(app, &unit, user.id, label).await?;
    unit.commit(Done).await?;
    Ok(tokens)
}

/// What a link in a mail is about.
#[derive(Debug)]
pub struct Verification {
    pub name: String,
    pub email: String,
}

/// Describes what the link would do, without doing it.
pub async fn describe_verification(app: &App, token: &str) -> Result<Verification, Problem> {
    let now = app.clock().now();
    let token = mail_tokens::require(app.reader(), MailTokenKind::VerifyEmail, token, now).await?;
    let id = RegistrationId(token.subject_id);
    let registration = lookup::by_id::<registration::Entity>(id)
        .one(app.reader())
        .await?;
    let registration = while_waiting(registration, now)?;
    Ok(Verification {
        name: registration.name,
        email: registration.email,
    })
}

/// Makes the account of a registration whose link was followed; signs nobody in. Followed
/// twice, it is no problem.
pub async fn verify_by_link(app: &App, token: &str) -> Result<(), Problem> {
    match verify_once(app, token).await {
        Err(Problem::Gone | Problem::NotFound) if is_verified_by_link(app, token).await? => Ok(()),
        done => done,
    }
}

/// Whether the address of this link is proven already, by the link or by the code beside it.
pub async fn is_verified_by_link(app: &App, token: &str) -> Result<bool, Problem> {
    let found = mail_tokens::find(app.reader(), MailTokenKind::VerifyEmail, token).await?;
    let Some(token) = found else {
        return Ok(false);
    };
    if token.used_at.is_some() {
        return Ok(true);
    }
    let found = lookup::by_id::<registration::Entity>(RegistrationId(token.subject_id));
    let found = found.one(app.reader()).await?;
    Ok(found.is_some_and(|registration| registration.confirmed_at.is_some()))
}

async fn verify_once(app: &App, token: &str) -> Result<(), Problem> {
    let unit = app.begin().await?;
    let (token, registration) = open_link(&unit, token).await?;
    let now = unit.now();
    mail_tokens::spend(unit.tx(), token, now).await?;
    make_account(&unit, registration).await?;
    unit.commit(Done).await?;
    Ok(())
}

async fn open_link(
    unit: &Transaction,
    token: &str,
) -> Result<(crate::entity::mail_token::Model, registration::Model), Problem> {
    let token =
        mail_tokens::require(unit.tx(), MailTokenKind::VerifyEmail, token, unit.now()).await?;
    let registration = lock_waiting(unit, RegistrationId(token.subject_id)).await?;
    Ok((token, registration))
}

/// The registration while it waits for its confirmation.
async fn lock_waiting(
    unit: &Transaction,
    id: RegistrationId,
) -> Result<registration::Model, Problem> {
    let registration = lookup::by_id::<registration::Entity>(id)
        .lock_exclusive()
        .one(unit.tx())
        .await?;
    while_waiting(registration, unit.now())
}

fn while_waiting(
    registration: Option<registration::Model>,
    now: DateTime<Utc>,
) -> Result<registration::Model, Problem> {
    let registration = registration.ok_or(Problem::NotFound)?;
    if registration.confirmed_at.is_some() || registration.expires_at <= now {
        return Err(Problem::Gone);
    }
    Ok(registration)
}

/// Makes the account, unless the address has got one meanwhile.
async fn make_account(
    write: &Transaction,
    registration: registration::Model,
) -> Result<user::Model, Problem> {
    let tx = write.tx();
    if find_user_by_email(tx, &registration.email).await?.is_some() {
        return Err(Problem::Gone);
    }
    let new = NewUser {
        email: registration.email.clone(),
        name: registration.name.clone(),
        password_hash: registration.password_hash.clone(),
        time_zone: registration.time_zone.clone(),
    };
    let user = insert_user(write, new).await?;
    let mut row = registration.into_active_model();
    row.confirmed_at = Set(Some(write.now()));
    lookup::update::<registration::Entity>(write.tx(), row).await?;
    Ok(user)
}

fn answer(registration: &registration::Model) -> Registration {
    Registration {
        id: registration.id,
        code_expires_at: registration.code_expires_at,
        expires_at: registration.expires_at,
    }
}
