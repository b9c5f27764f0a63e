//! Gives an account its new email address, once the address is confirmed.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter, QueryOrder};

use super::store::{UNDO_LIFE, note, set_email};
use crate::app::App;
use crate::auth::mail_tokens::{self, TokenSubject};
use crate::auth::throttle::{self, AttemptKey};
use crate::auth::{AccountScope, find_user_by_email, lock_user};
use crate::entity::email_change::{ActiveModel, Column, Entity, Model};
use crate::entity::ids::UserId;
use crate::entity::mail_token::{self, MailTokenKind};
use crate::entity::security_event::SecurityEventKind;
use crate::entity::user::UserState;
use crate::features::accounts::mail::MailEmailChanged;
use crate::features::accounts::types::MailTokenRequest;
use crate::http::extract::{AnonymousRequest, Json};
use crate::http::openapi::TriedTooOften;
use crate::http::request::RequestInfo;
use crate::http::response::NoContent;
use crate::platform::db::{ReadRows, Reads};
use crate::problem::Problem;

/// Confirm your new email address.
///
/// Takes the token of the mailed link. An email goes to the old address, with a link that
/// undoes the change for three days.
///
/// - 410 `no_longer_valid`: the token was used, replaced by a newer one or is older than 24 hours, or
///   the new address has an account by now
/// - 429 `too_many_requests`: there were too many tries from your network in the last minute
#[utoipa::path(
    post, path = "/email-changes/confirm", tag = "me", security(()),
    responses(
        (status = NO_CONTENT, description = "The account has the new email address"),
        Problem, TriedTooOften,
    ),
)]
pub async fn confirm_email_change(
    app: App,
    request: AnonymousRequest,
    Json(token): Json<MailTokenRequest>,
) -> Result<NoContent, Problem> {
    throttle::count_try_or_refuse(&app, &request.0).await?;
    change_email(&app, &request.0, &token.token).await?;
    Ok(NoContent)
}

/// The new address that the link confirms.
pub async fn describe_email_change(app: &App, token: &str) -> Result<String, Problem> {
    let (_, change) = open_confirmation(app.reader(), token, app.clock().now()).await?;
    Ok(change.new_email)
}

/// Changes the address of the account that the link is for. Following the link twice is no error.
pub async fn change_email(app: &App, request: &RequestInfo, token: &str) -> Result<(), Problem> {
    match change_once(app, request, token).await {
        Err(Problem::Gone) if is_changed_by_link(app, token).await? => Ok(()),
        done => done,
    }
}

/// Whether this link was followed before and the account still has its address.
pub async fn is_changed_by_link(app: &App, token: &str) -> Result<bool, Problem> {
    let found = mail_tokens::find(app.reader(), MailTokenKind::ChangeEmail, token).await?;
    let Some((used_at, account)) = found.and_then(|token| Some((token.used_at?, token.subject_id)))
    else {
        return Ok(false);
    };
    let change = AccountScope::of(UserId(account))
        .find::<Entity>()
        .filter(Column::ConfirmedAt.eq(used_at))
        .filter(Column::UndoneAt.is_null());
    let Some(change) = change.read_one(app.reader()).await? else {
        return Ok(false);
    };
    let holder = find_user_by_email(app.reader(), &change.new_email).await?;
    Ok(holder.is_some_and(|holder| holder.id == change.user_id))
}

async fn change_once(app: &App, request: &RequestInfo, token: &str) -> Result<(), Problem> {
    let transaction = app.begin().await?;
    let (tx, now) = (transaction.tx(), transaction.now());
    let (_, change) = open_confirmation(tx, token, now).await?;
    let user = lock_user(tx, change.user_id).await?;
    let (token, change) = open_confirmation(tx, token, now).await?;
    // The new address may have an account by now.
    let has_holder = find_user_by_email(tx, &change.new_email).await?.is_some();
    if has_holder || user.state != UserState::Active || user.email != change.old_email {
        return Err(Problem::Gone);
    }
    mail_tokens::spend(tx, token, now).await?;
    set_email(tx, user, &change.new_email, now).await?;
    let unproven = AttemptKey::Unproven(&change.new_email);
    throttle::reset_attempts(&transaction, &[unproven]);
    let id = change.id;
    let user_id = change.user_id;
    let row = ActiveModel {
        confirmed_at: Set(Some(now)),
        ..Default::default()
    };
    AccountScope::of(user_id).update_all_later::<Entity>(&transaction, row, Column::Id.eq(id));
    let (kind, subject) = (
        MailTokenKind::UndoEmailChange,
        TokenSubject::email_change(id),
    );
    mail_tokens::issue_later(&transaction, kind, subject, Some(now + UNDO_LIFE));
    // Who reads the old mailbox must not answer for the owner.
    mail_tokens::void_responses_of_account_later(&transaction, user_id);
    let mail = MailEmailChanged {
        email_change_id: id,
    };
    transaction.enqueue(&mail).await?;
    note(
        &transaction,
        SecurityEventKind::EmailChanged,
        user_id,
        request,
    );
    transaction.commit(NoContent).await?;
    Ok(())
}

/// The newest change of the account, if its link can be used.
async fn open_confirmation(
    connection: &impl Reads,
    token: &str,
    now: DateTime<Utc>,
) -> Result<(mail_token::Model, Model), Problem> {
    let token = mail_tokens::require(connection, MailTokenKind::ChangeEmail, token, now).await?;
    let change = AccountScope::of(UserId(token.subject_id))
        .find::<Entity>()
        .filter(Column::ConfirmedAt.is_null())
        .order_by_desc(Column::AskedAt)
        .read_one(connection)
        .await?
        .ok_or(Problem::Gone)?;
    Ok((token, change))
}
