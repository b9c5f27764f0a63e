//! Moving an account to another address: proven by a mail to the new one, told
//! to the old one, and taken back from there for three days. Nobody learns
//! whether the new address has an account.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, IntoActiveModel,
    QueryFilter, QueryOrder,
};

use super::mail::{MailEmailChange, MailEmailChanged};
use super::passkeys::remove_passkeys_added_since;
use super::personal_tokens::end_tokens_of;
use super::second_factor;
use super::session;
use super::types::{AskedEmailChange, MailedToken, NewEmail};
use crate::app::App;
use crate::auth::RecentCaller;
use crate::auth::mail_tokens::{self, Subject};
use crate::auth::throttle::{self, AttemptKey};
use crate::auth::{Account, Event, lookup, note_event};
use crate::auth::{find_user_by_email, forget_password, lock_user, require_user};
use crate::entity::account_event::EventKind;
use crate::entity::change::Way;
use crate::entity::email_change::{ActiveModel, Column, Entity, Model};
use crate::entity::ids::{EmailChangeId, UserId};
use crate::entity::mail_token::{self, MailTokenKind};
use crate::entity::user::{self, UserState};
use crate::http::extract::{Asked, Json};
use crate::http::openapi::TriedTooOften;
use crate::http::request::RequestInfo;
use crate::http::response::{Accepted, Done};
use crate::platform::db::Transaction;
use crate::problem::{OnConflict, Problem};

const CONFIRM_LIFE: TimeDelta = TimeDelta::hours(24);
const UNDO_LIFE: TimeDelta = TimeDelta::hours(72);

/// Ask for another address.
///
/// The answer is the same whether the address has an account or not. A mail
/// goes there; the account moves once its link is confirmed, within 24 hours. A
/// newer wish voids the older, and so does another password. Where this device
/// has not proved in the last ten minutes who holds it: 403
/// `reauthentication_needed`. 422 for the address that the account has. 429 for
/// an address to which many mails went unproven.
#[utoipa::path(
    post, path = "/me/email", tag = "accounts",
    responses(
        (status = ACCEPTED, description = "A mail is on its way", body = AskedEmailChange),
        Problem, TriedTooOften,
    ),
)]
pub async fn request_email_change(
    app: App,
    caller: RecentCaller,
    Json(new): Json<NewEmail>,
) -> Result<Accepted<AskedEmailChange>, Problem> {
    throttle::check_client(&app, caller.request()).await?;
    let write = app.begin_account_write(&caller).await?;
    let user = require_user(write.tx(), write.user_id()).await?;
    let (new_email, now) = (String::from(new.email), write.now());
    if new_email == user.email {
        let detail = "This is your address already.";
        return Err(Problem::field("/email", "unchanged", detail));
    }
    throttle::record_attempt(write.transaction(), AttemptKey::Unproven(&new_email)).await?;
    let id: EmailChangeId = write.new_id();
    let row = ActiveModel {
        id: Set(id),
        user_id: Set(user.id),
        old_email: Set(user.email),
        new_email: Set(new_email.clone()),
        asked_at: Set(now),
        confirmed_at: Set(None),
        undone_at: Set(None),
    };
    let account = write.account();
    account.insert_all::<Entity>(write.tx(), [row]).await?;
    let expires_at = now + CONFIRM_LIFE;
    let (kind, subject) = (MailTokenKind::ChangeEmail, Subject::account(user.id));
    mail_tokens::issue(write.transaction(), kind, subject, Some(expires_at)).await?;
    let mail = MailEmailChange {
        email_change_id: id,
    };
    write.enqueue(&mail).await?;
    write.note(EventKind::EmailChangeAsked).await?;
    let asked = AskedEmailChange {
        email: new_email,
        expires_at,
    };
    write.commit(Accepted(asked)).await
}

/// Confirm the new address with the mail's token.
///
/// The old address is told, with a link to take it back.
#[utoipa::path(
    post, path = "/email-changes/confirm", tag = "accounts", security(()),
    responses(
        (status = NO_CONTENT, description = "The account has the new address"),
        Problem, TriedTooOften,
    ),
)]
pub async fn confirm_email_change(
    app: App,
    request: Asked,
    Json(token): Json<MailedToken>,
) -> Result<Done, Problem> {
    throttle::check_client(&app, &request.0).await?;
    change_email(&app, &request.0, &token.token).await?;
    Ok(Done)
}

/// Take a change of address back with the old address's token.
///
/// The account has its old address again, without a password, without personal
/// access tokens, and without the authenticator app and the passkeys that were
/// added since three days before the change was asked for; every device is signed
/// out. A new password is chosen by a mailed link. The changes that followed are
/// undone as well: their links to take them back are void.
#[utoipa::path(
    post, path = "/email-changes/undo", tag = "accounts", security(()),
    responses(
        (status = NO_CONTENT, description = "The account has its old address"),
        Problem, TriedTooOften,
    ),
)]
pub async fn undo_email_change(
    app: App,
    request: Asked,
    Json(token): Json<MailedToken>,
) -> Result<Done, Problem> {
    throttle::check_client(&app, &request.0).await?;
    take_back(&app, &request.0, &token.token).await?;
    Ok(Done)
}

/// The address to be, of a link that confirms it.
pub async fn describe_email_change(app: &App, token: &str) -> Result<String, Problem> {
    let (_, change) = open_confirmation(app.reader(), token, app.clock().now()).await?;
    Ok(change.new_email)
}

/// The address that was, of a link that takes it back.
pub async fn describe_undo(app: &App, token: &str) -> Result<String, Problem> {
    let (_, change) = open_undo(app.reader(), token, app.clock().now()).await?;
    Ok(change.old_email)
}

/// Moves the account of the person who holds the link. Followed twice, it is no problem.
pub async fn change_email(app: &App, request: &RequestInfo, token: &str) -> Result<(), Problem> {
    match change_once(app, request, token).await {
        Err(Problem::Gone) if is_changed_by_link(app, token).await? => Ok(()),
        done => done,
    }
}

/// Whether the account has the address of this link because the link was followed.
pub async fn is_changed_by_link(app: &App, token: &str) -> Result<bool, Problem> {
    let found = mail_tokens::find(app.reader(), MailTokenKind::ChangeEmail, token).await?;
    let Some((used_at, account)) = found.and_then(|token| Some((token.used_at?, token.subject_id)))
    else {
        return Ok(false);
    };
    let change = Account::of(UserId(account))
        .find::<Entity>()
        .filter(Column::ConfirmedAt.eq(used_at))
        .filter(Column::UndoneAt.is_null());
    let Some(change) = change.one(app.reader()).await? else {
        return Ok(false);
    };
    let holder = find_user_by_email(app.reader(), &change.new_email).await?;
    Ok(holder.is_some_and(|holder| holder.id == change.user_id))
}

/// Whether the account has the address of this link back because the link was followed.
pub async fn is_taken_back_by_link(app: &App, token: &str) -> Result<bool, Problem> {
    let found = mail_tokens::find(app.reader(), MailTokenKind::UndoEmailChange, token).await?;
    let Some(token) = found.filter(|token| token.used_at.is_some()) else {
        return Ok(false);
    };
    let change = lookup::by_id::<Entity>(EmailChangeId(token.subject_id));
    let Some(change) = change.one(app.reader()).await? else {
        return Ok(false);
    };
    let holder = find_user_by_email(app.reader(), &change.old_email).await?;
    Ok(holder.is_some_and(|holder| holder.id == change.user_id))
}

async fn change_once(app: &App, request: &RequestInfo, token: &str) -> Result<(), Problem> {
    let unit = app.begin().await?;
    let (tx, now) = (unit.tx(), unit.now());
    let (_, change) = open_confirmation(tx, token, now).await?;
    let user = lock_user(tx, change.user_id).await?;
    let (token, change) = open_confirmation(tx, token, now).await?;
    // Meanwhile somebody may have made an account of it.
    let has_holder = find_user_by_email(tx, &change.new_email).await?.is_some();
    if has_holder || user.state != UserState::Active || user.email != change.old_email {
        return Err(Problem::Gone);
    }
    mail_tokens::spend(tx, token, now).await?;
    set_email(tx, user, &change.new_email, now).await?;
    throttle::reset_attempts(tx, AttemptKey::Unproven(&change.new_email)).await?;
    let id = change.id;
    let user_id = change.user_id;
    let mut row = change.into_active_model();
    row.confirmed_at = Set(Some(now));
    Account::of(user_id).update::<Entity>(tx, row).await?;
    let (kind, subject) = (MailTokenKind::UndoEmailChange, Subject::email_change(id));
    mail_tokens::issue(&unit, kind, subject, Some(now + UNDO_LIFE)).await?;
    let mail = MailEmailChanged {
        email_change_id: id,
    };
    unit.enqueue(&mail).await?;
    note(&unit, EventKind::EmailChanged, user_id, request).await?;
    unit.commit(Done).await?;
    Ok(())
}

/// Moves the account back, out of the hands of the person who moved it. Followed twice, it is no
/// problem.
pub async fn take_back(app: &App, request: &RequestInfo, token: &str) -> Result<(), Problem> {
    match take_back_once(app, request, token).await {
        Err(Problem::Gone) if is_taken_back_by_link(app, token).await? => Ok(()),
        done => done,
    }
}

async fn take_back_once(app: &App, request: &RequestInfo, token: &str) -> Result<(), Problem> {
    let unit = app.begin().await?;
    let (tx, now) = (unit.tx(), unit.now());
    let (_, change) = open_undo(tx, token, now).await?;
    let user = lock_user(tx, change.user_id).await?;
    let (token, change) = open_undo(tx, token, now).await?;
    let holder = find_user_by_email(tx, &change.old_email).await?;
    if holder.is_some_and(|holder| holder.id != user.id) {
        return Err(Problem::Gone);
    }
    // What the one who moved it has used up is given back.
    throttle::reset_attempts_of_address(tx, &change.old_email).await?;
    mail_tokens::spend(tx, token, now).await?;
    let user_id = user.id;
    set_email(tx, user, &change.old_email, now).await?;
    forget_password(tx, user_id, now).await?;
    // Whoever moved the account may have prepared that.
    let since = change.asked_at - UNDO_LIFE;
    second_factor::remove_added_since(tx, user_id, since).await?;
    remove_passkeys_added_since(tx, user_id, since).await?;
    session::end_sessions_of(tx, user_id, now).await?;
    end_tokens_of(tx, user_id, now).await?;
    undo_with_later_ones(tx, &change, now).await?;
    note(&unit, EventKind::EmailChangeUndone, user_id, request).await?;
    unit.commit(Done).await?;
    Ok(())
}

/// Marks a change and those after it as undone: nobody takes the undoing back.
async fn undo_with_later_ones(
    tx: &DatabaseTransaction,
    first: &Model,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    let account = Account::of(first.user_id);
    let later = account
        .find::<Entity>()
        .filter(Column::AskedAt.gte(first.asked_at))
        .filter(Column::UndoneAt.is_null())
        .all(tx)
        .await?;
    for change in later {
        let subject = Subject::email_change(change.id);
        mail_tokens::void(tx, MailTokenKind::UndoEmailChange, subject, now).await?;
        let mut row = change.into_active_model();
        row.undone_at = Set(Some(now));
        account.update::<Entity>(tx, row).await?;
    }
    Ok(())
}

async fn note(
    write: &Transaction,
    kind: EventKind,
    user_id: UserId,
    request: &RequestInfo,
) -> Result<(), Problem> {
    let event = Event {
        way: Way::Mail,
        ..Event::of(kind, user_id, request)
    };
    note_event(write, event).await?;
    Ok(())
}

async fn set_email(
    tx: &DatabaseTransaction,
    user: user::Model,
    email: &str,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    let (account, version) = (Account::of(user.id), user.version + 1);
    let mut row = user.into_active_model();
    row.email = Set(email.to_owned());
    row.version = Set(version);
    row.updated_at = Set(now);
    let updated = account.update::<user::Entity>(tx, row).await;
    // Of two accounts that move to one address at once, one is too late.
    let conflict = crate::problem::Conflict::of("gone", "This address is taken by now.");
    match updated.on_conflict(conflict) {
        Ok(_) => Ok(()),
        Err(Problem::Conflict(_)) => Err(Problem::Gone),
        Err(problem) => Err(problem),
    }
}

/// The newest wish of the account, if its link is good.
async fn open_confirmation(
    connection: &impl ConnectionTrait,
    token: &str,
    now: DateTime<Utc>,
) -> Result<(mail_token::Model, Model), Problem> {
    let token = mail_tokens::require(connection, MailTokenKind::ChangeEmail, token, now).await?;
    let change = Account::of(UserId(token.subject_id))
        .find::<Entity>()
        .filter(Column::ConfirmedAt.is_null())
        .order_by_desc(Column::AskedAt)
        .one(connection)
        .await?
        .ok_or(Problem::Gone)?;
    Ok((token, change))
}

/// The change that a link takes back.
async fn open_undo(
    connection: &impl ConnectionTrait,
    token: &str,
    now: DateTime<Utc>,
) -> Result<(mail_token::Model, Model), Problem> {
    let kind = MailTokenKind::UndoEmailChange;
    let token = mail_tokens::require(connection, kind, token, now).await?;
    let change = lookup::by_id::<Entity>(EmailChangeId(token.subject_id))
        .one(connection)
        .await?
        .ok_or(Problem::Gone)?;
    Ok((token, change))
}
