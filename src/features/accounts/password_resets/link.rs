//! What the link of a password reset is about, before and after it is used.

use crate::app::App;
use crate::auth::{find_user_by_email, lookup, mail_tokens};
use crate::entity::ids::PasswordResetId;
use crate::entity::mail_token::{self, MailTokenKind};
use crate::entity::{password_reset, user};
use crate::platform::db::{ReadRows, Reads};
use crate::problem::Problem;
use chrono::{DateTime, Utc};

/// The email address of the account whose password the link sets, or has just set.
pub async fn describe_reset(app: &App, token: &str) -> Result<(String, Option<String>), Problem> {
    let now = app.clock().now();
    let user = match open_link(app.reader(), token, now).await {
        Err(Problem::Gone) => used_link(app.reader(), token, now).await?.1,
        open => open?.1,
    };
    Ok((user.email, user.locale))
}

/// Whether a link has set a password and has not expired yet.
pub async fn is_reset_by_link(app: &App, token: &str) -> Result<bool, Problem> {
    match used_link(app.reader(), token, app.clock().now()).await {
        Ok(_) => Ok(true),
        Err(Problem::Gone) => Ok(false),
        Err(problem) => Err(problem),
    }
}

/// The token and its account, if the link can be used.
pub(super) async fn open_link(
    connection: &impl Reads,
    token: &str,
    now: DateTime<Utc>,
) -> Result<(mail_token::Model, user::Model), Problem> {
    let token = mail_tokens::require(connection, MailTokenKind::ResetPassword, token, now).await?;
    let user = account_of(connection, &token).await?;
    Ok((token, user))
}

/// The token and its account, if the link was used and has not expired yet.
pub(super) async fn used_link(
    connection: &impl Reads,
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
    connection: &impl Reads,
    token: &mail_token::Model,
) -> Result<user::Model, Problem> {
    let reset = lookup::by_id::<password_reset::Entity>(PasswordResetId(token.subject_id))
        .read_one(connection)
        .await?
        .ok_or(Problem::Gone)?;
    find_user_by_email(connection, &reset.email)
        .await?
        .filter(|user| user.state.lets_in())
        .ok_or(Problem::Gone)
}
