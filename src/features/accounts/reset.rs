//! A forgotten password: a mailed link, and a new password for whoever holds it.
//! The link proves the address, as every mailed link does; it signs nobody in.

use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::mail::{MailPasswordReset, mail_event};
use super::personal_tokens::end_tokens_of;
use super::session;
use super::types::{ForgottenPassword, PasswordReset};
use crate::app::App;
use crate::auth::mail_tokens::{self, Subject};
use crate::auth::throttle::{self, AttemptKey};
use crate::auth::{Event, lookup, note_event};
use crate::auth::{check_new_password, find_user_by_email, lock_user_of, set_password};
use crate::entity::account_event::EventKind;
use crate::entity::change::Way;
use crate::entity::ids::PasswordResetId;
use crate::entity::mail_token::{self, MailTokenKind};
use crate::entity::password_reset::{self, Column};
use crate::entity::user;
use crate::http::extract::{Asked, Json};
use crate::http::openapi::TriedTooOften;
use crate::http::request::RequestInfo;
use crate::http::response::Done;
use crate::platform::text::NewPassword;
use crate::problem::Problem;

const LINK_LIFE: TimeDelta = TimeDelta::minutes(30);
/// For how long a link that was used may be pressed again.
const PRESSED_TWICE: TimeDelta = TimeDelta::minutes(2);

/// Ask for a new password.
///
/// The answer is the same whether the address is known or not. If it has an
/// account, a mail follows with a link that is good for 30 minutes, once; the
/// links before it are void. Whoever asks more than five times in a row has to
/// wait for the next one, up to a quarter of an hour.
#[utoipa::path(
    post, path = "/password-resets", tag = "accounts", security(()),
    responses(
        (status = ACCEPTED, description = "If there is an account, a mail is on its way"),
        Problem, TriedTooOften,
    ),
)]
#[expect(
    clippy::disallowed_methods,
    reason = "one row an address, whether it has an account or not"
)]
pub async fn request_password_reset(
    app: App,
    request: Asked,
    Json(forgotten): Json<ForgottenPassword>,
) -> Result<StatusCode, Problem> {
    throttle::check_client(&app, &request.0).await?;
    let email = forgotten.email.as_str();
    let unit = app.begin().await?;
    // Whoever asks at once again has a link already, and it stays good: a stranger
    // who keeps asking neither fills a mailbox nor voids what is in it.
    if !throttle::may_mail(&unit, AttemptKey::ResetMail(email)).await? {
        return Ok(StatusCode::ACCEPTED);
    }
    let now = unit.now();
    let row = password_reset::ActiveModel {
        id: Set(unit.new_id()),
        email: Set(email.to_owned()),
        asked_at: Set(now),
    };
    let again = OnConflict::column(Column::Email)
        .update_column(Column::AskedAt)
        .to_owned();
    password_reset::Entity::insert(row)
        .on_conflict(again)
        .exec_without_returning(unit.tx())
        .await?;
    let reset = password_reset::Entity::find()
        .filter(Column::Email.eq(email))
        .one(unit.tx())
        .await?
        .ok_or(Problem::Unavailable)?;
    mail_tokens::issue(
        &unit,
        MailTokenKind::ResetPassword,
        Subject::password_reset(reset.id),
        Some(now + LINK_LIFE),
    )
    .await?;
    let mail = MailPasswordReset {
        password_reset_id: reset.id,
    };
    unit.enqueue(&mail).await?;
    unit.commit(Done).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Choose a new password with the mail's token.
///
/// Ends all sessions and personal access tokens, and signs nobody in. Passkeys and
/// the authenticator app stay. The owner is told by mail. The same token and password
/// again answer 204 for two minutes and change nothing.
#[utoipa::path(
    post, path = "/password-resets/confirm", tag = "accounts", security(()),
    responses(
        (status = NO_CONTENT, description = "Sign in with the new password"),
        Problem, TriedTooOften,
    ),
)]
pub async fn confirm_password_reset(
    app: App,
    request: Asked,
    Json(reset): Json<PasswordReset>,
) -> Result<Done, Problem> {
    throttle::check_client(&app, &request.0).await?;
    reset_password(&app, &request.0, &reset.token, &reset.password).await?;
    Ok(Done)
}

/// The address whose password the link replaces, or has just replaced.
pub async fn describe_reset(app: &App, token: &str) -> Result<String, Problem> {
    let now = app.clock().now();
    let user = match open_link(app.reader(), token, now).await {
        Err(Problem::Gone) => used_link(app.reader(), token, now).await?.1,
        open => open?.1,
    };
    Ok(user.email)
}

/// Whether a link has replaced a password and is not too old yet.
pub async fn is_reset_by_link(app: &App, token: &str) -> Result<bool, Problem> {
    match used_link(app.reader(), token, app.clock().now()).await {
        Ok(_) => Ok(true),
        Err(Problem::Gone) => Ok(false),
        Err(problem) => Err(problem),
    }
}

/// Sets the new password for the person who holds the link. Pressed twice with one password,
/// it is set once and said twice.
pub async fn reset_password(
    app: &App,
    request: &RequestInfo,
    token: &str,
    password: &NewPassword,
) -> Result<(), Problem> {
    match reset_once(app, request, token, password).await {
        Err(Problem::Gone) => reset_before(app, token, password).await,
        done => done,
    }
}

/// Nothing to do for the person who has set this password with this link; 410 for others.
///
/// It is not counted as a guess, so that those who press with other passwords keep
/// nobody from signing in. Instead the first wrong one ends it: a stranger who
/// finds the used link has one try.
async fn reset_before(app: &App, token: &str, password: &NewPassword) -> Result<(), Problem> {
    let now = app.clock().now();
    let (token, user) = used_link(app.reader(), token, now).await?;
    if token.used_at.is_none_or(|at| at + PRESSED_TWICE <= now) {
        return Err(Problem::Gone);
    }
    let hash = user.password_hash;
    if app.passwords().verify(password.expose(), hash).await? {
        return Ok(());
    }
    let unit = app.begin().await?;
    mail_tokens::void_one(unit.tx(), token.id, now).await?;
    unit.commit(Done).await?;
    Err(Problem::Gone)
}

async fn reset_once(
    app: &App,
    request: &RequestInfo,
    token: &str,
    password: &NewPassword,
) -> Result<(), Problem> {
    let (_, user) = open_link(app.reader(), token, app.clock().now()).await?;
    check_new_password(app, "/password", password, &user).await?;
    let password_hash = app.passwords().hash(password.expose()).await?;

    let unit = app.begin().await?;
    let now = unit.now();
    let (token, asked) = open_link(unit.tx(), token, now).await?;
    let user = lock_user_of(unit.tx(), &asked.email).await?;
    let user = user.ok_or(Problem::Gone)?;
    // In this order: whoever asks for a link locks the counter before the token.
    throttle::reset_attempts_of_address(unit.tx(), &user.email).await?;
    mail_tokens::spend(unit.tx(), token, now).await?;
    set_password(unit.tx(), user.id, password_hash, now).await?;
    let event = Event {
        way: Way::Mail,
        ..Event::of(EventKind::PasswordReset, user.id, request)
    };
    let event = note_event(&unit, event).await?;
    mail_event(&unit, event).await?;
    session::end_sessions_of(unit.tx(), user.id, now).await?;
    end_tokens_of(unit.tx(), user.id, now).await?;
    unit.commit(Done).await?;
    Ok(())
}

/// The token and the account it is for.
async fn open_link(
    connection: &impl ConnectionTrait,
    token: &str,
    now: DateTime<Utc>,
) -> Result<(mail_token::Model, user::Model), Problem> {
    let token = mail_tokens::require(connection, MailTokenKind::ResetPassword, token, now).await?;
    let user = account_of(connection, &token).await?;
    Ok((token, user))
}

/// The account whose password the link has replaced, while it would still be good.
async fn used_link(
    connection: &impl ConnectionTrait,
    token: &str,
    now: DateTime<Utc>,
) -> Result<(mail_token::Model, user::Model), Problem> {
    let token = mail_tokens::find(connection, MailTokenKind::ResetPassword, token)
        .await?
        .filter(|token| token.used_at.is_some() && token.voided_at.is_none())
        .filter(|token| token.expires_at.is_none_or(|end| end > now))
        .ok_or(Problem::Gone)?;
    let user = account_of(connection, &token).await?;
    Ok((token, user))
}

async fn account_of(
    connection: &impl ConnectionTrait,
    token: &mail_token::Model,
) -> Result<user::Model, Problem> {
    let reset = lookup::by_id::<password_reset::Entity>(PasswordResetId(token.subject_id))
        .one(connection)
        .await?
        .ok_or(Problem::Gone)?;
    find_user_by_email(connection, &reset.email)
        .await?
        .filter(|user| user.state.lets_in())
        .ok_or(Problem::Gone)
}
