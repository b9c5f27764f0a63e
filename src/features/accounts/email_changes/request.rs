//! Asks for another address; it is proven by a mail.

use chrono::{DateTime, TimeDelta, Utc};
use garde::Validate;
use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::mail_tokens::{self, TokenSubject};
use crate::auth::throttle::{self, AttemptKey};
use crate::auth::{RecentCaller, require_user};
use crate::entity::account_event::EventKind;
use crate::entity::email_change::{ActiveModel, Entity};
use crate::entity::ids::EmailChangeId;
use crate::entity::mail_token::MailTokenKind;
use crate::features::accounts::mail::MailEmailChange;
use crate::http::extract::Json;
use crate::http::openapi::TriedTooOften;
use crate::http::response::Accepted;
use crate::platform::text::EmailAddress;
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;

const CONFIRM_LIFE: TimeDelta = TimeDelta::hours(24);

/// Another address.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "email": "ana.diaz@example.org" })))]
pub struct NewEmail {
    #[garde(dive)]
    pub email: EmailAddress,
}

/// A change of address that waits for its confirmation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "email": "ana.diaz@example.org",
    "expires_at": "2027-01-03T12:00:00.000Z"
})))]
pub struct AskedEmailChange {
    /// The address to be.
    pub email: String,
    /// Until when the mail's link is good.
    #[serde(serialize_with = "in_milliseconds")]
    pub expires_at: DateTime<Utc>,
}

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
    throttle::count_try_or_refuse(&app, caller.request()).await?;
    let write = app.begin_write(&caller).await?;
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
    let (kind, subject) = (MailTokenKind::ChangeEmail, TokenSubject::account(user.id));
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
