//! The mails about accounts.

use sea_orm::EntityTrait;

use super::user::find_user_by_email;
use crate::app::App;
use crate::entity::ids::RegistrationId;
use crate::entity::mail_token::MailTokenKind;
use crate::entity::registration;
use crate::jobs::{Failure, Leased};
use crate::mail::{AccountExists, VerifyEmail, plain_label, post};
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
