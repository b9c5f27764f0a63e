//! Mails a link to a new password; the answer is the same whether the address is known
//! or not.

use axum::http::StatusCode;
use chrono::TimeDelta;
use garde::Validate;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
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

/// An address whose password is forgotten.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "email": "ana@example.org" })))]
pub struct ForgottenPassword {
    #[garde(custom(EmailAddress::check_bounds))]
    pub email: EmailAddress,
}

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
    request: AnonymousRequest,
    Json(forgotten): Json<ForgottenPassword>,
) -> Result<StatusCode, Problem> {
    throttle::count_try_or_refuse(&app, &request.0).await?;
    let email = forgotten.email.as_str();
    let transaction = app.begin().await?;
    // A person who asks again at once has a link already, and it stays good: a stranger
    // who keeps asking neither fills a mailbox nor voids what is in it.
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
    password_reset::Entity::insert(row)
        .on_conflict(again)
        .exec_without_returning(transaction.tx())
        .await?;
    let reset = password_reset::Entity::find()
        .filter(Column::Email.eq(email))
        .one(transaction.tx())
        .await?
        .ok_or(Problem::Unavailable)?;
    mail_tokens::issue(
        &transaction,
        MailTokenKind::ResetPassword,
        TokenSubject::password_reset(reset.id),
        Some(now + LINK_LIFE),
    )
    .await?;
    let mail = MailPasswordReset {
        password_reset_id: reset.id,
    };
    transaction.enqueue(&mail).await?;
    transaction.commit(NoContent).await?;
    Ok(StatusCode::ACCEPTED)
}
