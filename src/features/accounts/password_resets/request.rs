//! Mails the link that resets a password. The answer does not tell whether the address has an
//! account.

use axum::http::StatusCode;
use chrono::TimeDelta;
use garde::Validate;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::mail_tokens::{self, TokenSubject};
use crate::auth::throttle::{self, AttemptKey};
use crate::entity::mail_token::MailTokenKind;
use crate::entity::password_reset::{self, Column};
use crate::features::accounts::mail::MailPasswordReset;
use crate::http::extract::{AnonymousRequest, Json};
use crate::http::openapi::TriedTooOften;
use crate::http::response::NoContent;
use crate::platform::text::EmailAddress;
use crate::problem::Problem;

const LINK_LIFE: TimeDelta = TimeDelta::minutes(30);

/// Whose password to reset.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "email": "ana@example.org" })))]
pub struct PasswordResetRequest {
    #[garde(custom(EmailAddress::check_bounds))]
    pub email: EmailAddress,
}

/// Request a password reset.
///
/// If the address has an account, an email follows with a link. The link is valid for 30
/// minutes and one use, and earlier links no longer work. After five requests in a row the
/// next email must wait, up to a quarter of an hour: until then nothing is sent, and the
/// last link still works. The answer is the same in all these cases.
///
/// - 429 `too_many_requests`: there were too many tries from your network in the last minute
#[utoipa::path(
    post, path = "/password-resets", tag = "sign in", security(()),
    responses(
        (status = ACCEPTED, description = "If there is an account, an email is on its way"),
        Problem, TriedTooOften,
    ),
)]
#[expect(
    clippy::disallowed_methods,
    reason = "one row for an address, whether it has an account or not"
)]
pub async fn request_password_reset(
    app: App,
    request: AnonymousRequest,
    Json(forgotten): Json<PasswordResetRequest>,
) -> Result<StatusCode, Problem> {
    throttle::count_try_or_refuse(&app, &request.0).await?;
    let email = forgotten.email.as_str();
    let transaction = app.begin().await?;
    // The last link still works. Otherwise a stranger who repeats the request could fill a
    // mailbox, and void the link before its owner has used it.
    if !throttle::may_mail(&transaction, AttemptKey::ResetMail(email)).await? {
        return Ok(StatusCode::ACCEPTED);
    }
    let now = transaction.now();
    let row = password_reset::ActiveModel {
        id: Set(transaction.new_id()),
        email: Set(email.to_owned()),
        asked_at: Set(now),
    };
    let again = OnConflict::column(Column::Email)
        .update_column(Column::AskedAt)
        .to_owned();
    let reset = password_reset::Entity::insert(row)
        .on_conflict(again)
        .exec_with_returning(transaction.tx())
        .await?;
    mail_tokens::issue_later(
        &transaction,
        MailTokenKind::ResetPassword,
        TokenSubject::password_reset(reset.id),
        Some(now + LINK_LIFE),
    );
    let mail = MailPasswordReset {
        password_reset_id: reset.id,
    };
    transaction.enqueue(&mail).await?;
    transaction.commit(NoContent).await?;
    Ok(StatusCode::ACCEPTED)
}
