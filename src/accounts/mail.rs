//! The mails about accounts.

use sea_orm::EntityTrait;

use super::user::{find_user_by_email, require_user};
use crate::app::App;
use crate::entity::ids::{PasswordResetId, RegistrationId, UserId};
use crate::entity::mail_token::MailTokenKind;
use crate::entity::user::UserState;
use crate::entity::{password_reset, registration};
use crate::jobs::{Failure, Leased};
use crate::mail::{AccountExists, PasswordChanged, ResetPassword, VerifyEmail, plain_label, post};
use crate::mail_tokens::{self, Subject};

/// Mails what a registration needs: link and code, or that there is an account
/// already. Only this mail knows the difference.
#[expect(
    clippy::disallowed_methods,
    reason = "registrations belong to no circle"
)]
pub async fn mail_verification(
    app: &App,
    lease: &Leased,
    id: RegistrationId,
) -> Result<(), Failure> {
    let found = registration::Entity::find_by_id(id)
        .one(app.reader())
        .await?;
    let Some(registration) = found.filter(|registration| registration.confirmed_at.is_none())
    else {
        return Ok(());
    };
    if let Some(user) = find_user_by_email(app.reader(), &registration.email).await? {
        let letter = AccountExists { name: user.name };
        return post(app, lease, &registration.email, &letter).await;
    }
    let subject = Subject::registration(id);
    let token = mail_tokens::newest(app.reader(), MailTokenKind::VerifyEmail, subject)
        .await?
        .ok_or_else(|| Failure::GiveUp(anyhow::anyhow!("its token is gone")))?;
    let letter = VerifyEmail {
        name: plain_label(&registration.name, "there"),
        code: app.keys().code(id, registration.code_number),
        link: mail_tokens::link(app, "verify", token.id),
    };
    post(app, lease, &registration.email, &letter).await
}

/// Mails the link to a new password to an address that has an account; to any
/// other nothing.
#[expect(clippy::disallowed_methods, reason = "resets belong to no circle")]
pub async fn mail_password_reset(
    app: &App,
    lease: &Leased,
    id: PasswordResetId,
) -> Result<(), Failure> {
    let reset = password_reset::Entity::find_by_id(id);
    let Some(reset) = reset.one(app.reader()).await? else {
        return Ok(());
    };
    let user = find_user_by_email(app.reader(), &reset.email).await?;
    let Some(user) = user.filter(|user| user.state == UserState::Active) else {
        return Ok(());
    };
    let subject = Subject::password_reset(id);
    let token = mail_tokens::newest(app.reader(), MailTokenKind::ResetPassword, subject)
        .await?
        .ok_or_else(|| Failure::GiveUp(anyhow::anyhow!("its token is gone")))?;
    let letter = ResetPassword {
        name: user.name,
        link: mail_tokens::link(app, "reset", token.id),
    };
    post(app, lease, &reset.email, &letter).await
}

/// Tells somebody that their password was changed.
pub async fn mail_password_change(app: &App, lease: &Leased, id: UserId) -> Result<(), Failure> {
    let user = require_user(app.reader(), id).await?;
    let letter = PasswordChanged { name: user.name };
    post(app, lease, &user.email, &letter).await
}
