//! Confirms a registration by the mailed link. Creates the account and signs nobody in.

use super::store::{lock_waiting, make_account, while_waiting};
use crate::app::App;
use crate::auth::{lookup, mail_tokens};
use crate::entity::ids::RegistrationId;
use crate::entity::mail_token::{self, MailTokenKind};
use crate::entity::registration;
use crate::http::response::NoContent;
use crate::platform::db::{ReadRows, Transaction};
use crate::problem::Problem;

/// Whom the mailed link is for.
#[derive(Debug)]
pub struct Verification {
    pub name: String,
    pub email: String,
    /// The tag of the language that was chosen.
    pub locale: Option<String>,
}

/// Describes what the link does, for the page that asks before it does it.
pub async fn describe_verification(app: &App, token: &str) -> Result<Verification, Problem> {
    let now = app.clock().now();
    let token = mail_tokens::require(app.reader(), MailTokenKind::VerifyEmail, token, now).await?;
    let id = RegistrationId(token.subject_id);
    let registration = lookup::by_id::<registration::Entity>(id)
        .read_one(app.reader())
        .await?;
    let registration = while_waiting(registration, now)?;
    Ok(Verification {
        name: registration.name,
        email: registration.email,
        locale: registration.locale,
    })
}

/// Creates the account of a registration whose link was followed. Signs nobody in. Following the
/// link twice is no error.
pub async fn verify_by_link(app: &App, token: &str) -> Result<(), Problem> {
    match verify_once(app, token).await {
        Err(Problem::Gone | Problem::NotFound) if is_verified_by_link(app, token).await? => Ok(()),
        done => done,
    }
}

/// Whether the address is confirmed already, by this link or by the code in the same email.
pub async fn is_verified_by_link(app: &App, token: &str) -> Result<bool, Problem> {
    let found = mail_tokens::find(app.reader(), MailTokenKind::VerifyEmail, token).await?;
    let Some(token) = found else {
        return Ok(false);
    };
    if token.used_at.is_some() {
        return Ok(true);
    }
    let found = lookup::by_id::<registration::Entity>(RegistrationId(token.subject_id));
    let found = found.read_one(app.reader()).await?;
    Ok(found.is_some_and(|registration| registration.confirmed_at.is_some()))
}

async fn verify_once(app: &App, token: &str) -> Result<(), Problem> {
    let transaction = app.begin().await?;
    let (token, registration) = open_link(&transaction, token).await?;
    let now = transaction.now();
    mail_tokens::spend(transaction.tx(), token, now).await?;
    make_account(&transaction, registration).await?;
    transaction.commit(NoContent).await?;
    Ok(())
}

async fn open_link(
    transaction: &Transaction,
    token: &str,
) -> Result<(mail_token::Model, registration::Model), Problem> {
    let token = mail_tokens::require(
        transaction.tx(),
        MailTokenKind::VerifyEmail,
        token,
        transaction.now(),
    )
    .await?;
    let registration = lock_waiting(transaction, RegistrationId(token.subject_id)).await?;
    Ok((token, registration))
}
