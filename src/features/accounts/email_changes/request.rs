//! Requests a change of email address. A mailed link confirms it.

use chrono::{DateTime, TimeDelta, Utc};
use garde::Validate;
use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::RecentCaller;
use crate::auth::mail_tokens::{self, TokenSubject};
use crate::auth::throttle::{self, AttemptKey};
use crate::entity::email_change::{ActiveModel, Entity};
use crate::entity::ids::EmailChangeId;
use crate::entity::mail_token::MailTokenKind;
use crate::entity::security_event::SecurityEventKind;
use crate::features::accounts::mail::MailEmailChange;
use crate::http::extract::Json;
use crate::http::openapi::TriedTooOften;
use crate::http::response::Accepted;
use crate::platform::text::EmailAddress;
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::{FieldErrorCode, Problem};

const CONFIRM_LIFE: TimeDelta = TimeDelta::hours(24);

/// Your new email address.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "email": "ana.diaz@example.org" })))]
pub struct EmailChangeRequest {
    #[garde(dive)]
    pub email: EmailAddress,
}

/// A change of email address that waits to be confirmed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "email": "ana.diaz@example.org",
    "expires_at": "2027-01-03T12:00:00.000Z"
})))]
pub struct EmailChange {
    /// The new email address.
    pub email: String,
    /// When the link in the email expires.
    #[serde(serialize_with = "in_milliseconds")]
    pub expires_at: DateTime<Utc>,
}

/// Change your email address.
///
/// An email with a link goes to the new address. Your account moves to it when the link is
/// confirmed, within 24 hours. A newer change or a new password cancels this one.
/// The answer is the same if the new address has an account already.
///
/// - 403 `reauthentication_required`: you have not confirmed your identity in the last ten minutes
/// - 409 `account_deletion_scheduled`: the deletion of your account is scheduled; cancel it first
/// - 422 `unchanged`: this is your email address already
/// - 429 `too_many_requests`: many emails to this address were not confirmed, or there were
///   too many tries from your network in the last minute
#[utoipa::path(
    post, path = "/me/email-changes", tag = "me",
    responses(
        (status = ACCEPTED, description = "An email is on its way", body = EmailChange),
        Problem, TriedTooOften,
    ),
)]
pub async fn request_email_change(
    app: App,
    caller: RecentCaller,
    Json(new): Json<EmailChangeRequest>,
) -> Result<Accepted<EmailChange>, Problem> {
    throttle::count_try_or_refuse(&app, caller.request()).await?;
    let write = app.begin_write(&caller).await?;
    let user = write.user();
    let (new_email, now) = (String::from(new.email), write.now());
    if new_email == user.email {
        let detail = "This is your email address already.";
        return Err(Problem::field("/email", FieldErrorCode::Unchanged, detail));
    }
    throttle::record_attempt(write.transaction(), AttemptKey::Unproven(&new_email)).await?;
    let id: EmailChangeId = write.new_id();
    let row = ActiveModel {
        id: Set(id),
        user_id: Set(user.id),
        old_email: Set(user.email.clone()),
        new_email: Set(new_email.clone()),
        asked_at: Set(now),
        confirmed_at: Set(None),
        undone_at: Set(None),
    };
    let account = write.account();
    account.insert_all_later::<Entity>(write.transaction(), [row]);
    let expires_at = now + CONFIRM_LIFE;
    let (kind, subject) = (MailTokenKind::ChangeEmail, TokenSubject::account(user.id));
    mail_tokens::issue_later(write.transaction(), kind, subject, Some(expires_at));
    let mail = MailEmailChange {
        email_change_id: id,
    };
    write.enqueue(&mail).await?;
    write.note(SecurityEventKind::EmailChangeRequested);
    let asked = EmailChange {
        email: new_email,
        expires_at,
    };
    write.commit(Accepted(asked)).await
}
