//! Gives an account its old email address back, and removes what a thief may have added.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, IntoActiveModel, QueryFilter};

use super::store::{UNDO_LIFE, note, set_email};
use crate::app::App;
use crate::auth::mail_tokens::{self, TokenSubject};
use crate::auth::{AccountScope, clear_password, find_user_by_email, lock_user, lookup, throttle};
use crate::entity::email_change::{Column, Entity, Model};
use crate::entity::ids::EmailChangeId;
use crate::entity::mail_token::{self, MailTokenKind};
use crate::entity::security_event::SecurityEventKind;
use crate::features::accounts::passkeys::remove_passkeys_added_since;
use crate::features::accounts::personal_access_tokens::end_tokens_of;
use crate::features::accounts::second_factor;
use crate::features::accounts::sessions::end_sessions_of;
use crate::features::accounts::types::MailTokenRequest;
use crate::http::extract::{AnonymousRequest, Json};
use crate::http::openapi::TriedTooOften;
use crate::http::request::RequestInfo;
use crate::http::response::NoContent;
use crate::platform::db::{ReadRows, Reads};
use crate::problem::Problem;

/// Undo a change of email address.
///
/// Takes the token that was mailed to the old address. The account has its old address
/// again. All its sessions and personal access tokens end, the password is deleted, and so
/// are the passkeys and the authenticator app if they were added since three days before the
/// change was requested. Request a password reset to sign in again. Later changes of the
/// address are undone as well, and their links no longer work.
///
/// - 410 `no_longer_valid`: the token was used or is older than three days, or the old address has
///   another account by now
/// - 429 `too_many_requests`: there were too many tries from your network in the last minute
#[utoipa::path(
    post, path = "/email-changes/undo", tag = "me", security(()),
    responses(
        (status = NO_CONTENT, description = "The account has its old email address"),
        Problem, TriedTooOften,
    ),
)]
pub async fn undo_email_change(
    app: App,
    request: AnonymousRequest,
    Json(token): Json<MailTokenRequest>,
) -> Result<NoContent, Problem> {
    throttle::count_try_or_refuse(&app, &request.0).await?;
    undo_email(&app, &request.0, &token.token).await?;
    Ok(NoContent)
}

/// The old address that the link restores.
pub async fn describe_undo(app: &App, token: &str) -> Result<String, Problem> {
    let (_, change) = open_undo(app.reader(), token, app.clock().now()).await?;
    Ok(change.old_email)
}

/// Restores the old address, and locks out the person who changed it. Following the link twice
/// is no error.
pub async fn undo_email(app: &App, request: &RequestInfo, token: &str) -> Result<(), Problem> {
    match undo_once(app, request, token).await {
        Err(Problem::Gone) if is_undone_by_link(app, token).await? => Ok(()),
        done => done,
    }
}

/// Whether this link was followed before and the account still has its old address.
pub async fn is_undone_by_link(app: &App, token: &str) -> Result<bool, Problem> {
    let found = mail_tokens::find(app.reader(), MailTokenKind::UndoEmailChange, token).await?;
    let Some(token) = found.filter(|token| token.used_at.is_some()) else {
        return Ok(false);
    };
    let change = lookup::by_id::<Entity>(EmailChangeId(token.subject_id));
    let Some(change) = change.read_one(app.reader()).await? else {
        return Ok(false);
    };
    let holder = find_user_by_email(app.reader(), &change.old_email).await?;
    Ok(holder.is_some_and(|holder| holder.id == change.user_id))
}

async fn undo_once(app: &App, request: &RequestInfo, token: &str) -> Result<(), Problem> {
    let transaction = app.begin().await?;
    let (tx, now) = (transaction.tx(), transaction.now());
    let (_, change) = open_undo(tx, token, now).await?;
    let user = lock_user(tx, change.user_id).await?;
    let (token, change) = open_undo(tx, token, now).await?;
    let holder = find_user_by_email(tx, &change.old_email).await?;
    if holder.is_some_and(|holder| holder.id != user.id) {
        return Err(Problem::Gone);
    }
    mail_tokens::spend(tx, token, now).await?;
    let user_id = user.id;
    // Before the address, whose change locks the account for every row that refers to it: a device
    // that renews its token holds a session and then notes an event of the account.
    end_sessions_of(tx, user_id, now).await?;
    set_email(tx, user, &change.old_email, now).await?;
    // The person who changed the address may have used up the attempts. In this order: a
    // registration of this address writes the account before the counter, too. The other order
    // could deadlock.
    throttle::reset_attempts_of_address(tx, &change.old_email).await?;
    clear_password(&transaction, user_id);
    // Who reads the other mailbox must not answer for the owner.
    mail_tokens::void_responses_of_account_later(&transaction, user_id);
    // A thief may have added these before changing the address.
    let since = change.asked_at - UNDO_LIFE;
    second_factor::remove_added_since(tx, user_id, since).await?;
    remove_passkeys_added_since(tx, user_id, since).await?;
    end_tokens_of(tx, user_id, now).await?;
    undo_with_later_ones(tx, &change, now).await?;
    note(
        &transaction,
        SecurityEventKind::EmailChangeUndone,
        user_id,
        request,
    );
    transaction.commit(NoContent).await?;
    Ok(())
}

/// Marks a change and all later ones as undone, and voids their links.
async fn undo_with_later_ones(
    tx: &DatabaseTransaction,
    first: &Model,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    let account = AccountScope::of(first.user_id);
    let later = account
        .find::<Entity>()
        .filter(Column::AskedAt.gte(first.asked_at))
        .filter(Column::UndoneAt.is_null())
        .all(tx)
        .await?;
    for change in later {
        let subject = TokenSubject::email_change(change.id);
        mail_tokens::void(tx, MailTokenKind::UndoEmailChange, subject, now).await?;
        let mut row = change.into_active_model();
        row.undone_at = Set(Some(now));
        account.update::<Entity>(tx, row).await?;
    }
    Ok(())
}

/// The token and the change that it undoes, if the link can be used.
async fn open_undo(
    connection: &impl Reads,
    token: &str,
    now: DateTime<Utc>,
) -> Result<(mail_token::Model, Model), Problem> {
    let kind = MailTokenKind::UndoEmailChange;
    let token = mail_tokens::require(connection, kind, token, now).await?;
    let change = lookup::by_id::<Entity>(EmailChangeId(token.subject_id))
        .read_one(connection)
        .await?
        .ok_or(Problem::Gone)?;
    Ok((token, change))
}
