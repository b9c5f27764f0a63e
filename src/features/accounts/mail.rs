//! The emails about accounts.

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::auth::mail_tokens::{self, TokenSubject};
use crate::auth::{MailSecurityEvent, find_user_by_email, lookup, require_user};
use crate::entity::ids::{
    EmailChangeId, PasswordResetId, RegistrationId, SecurityEventId, SignInCodeId,
};
use crate::entity::mail_token::MailTokenKind;
use crate::entity::security_event::SecurityEventKind;
use crate::entity::{email_change, password_reset, registration, security_event, sign_in_code};
use crate::notify::posting::post;
use crate::platform::db::{ReadRows, Transaction};
use crate::platform::language::Language;
use crate::platform::mail::{
    AccountExists, AccountNews, AddressChanged, AddressTaken, ConfirmAddress, ResetPassword,
    SignInWithCode, VerifyEmail, plain_label,
};
use crate::platform::queue::{Failure, Leased, Run};
use crate::platform::time::civil::{ReaderZone, for_reader};
use crate::problem::Problem;

/// Mails link and code for a registration, or that the address has an account already. Only
/// this email tells the difference: the answer of the API must not.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailVerification {
    pub registration_id: RegistrationId,
}

impl Run<App> for MailVerification {
    async fn run(&self, app: &App, lease: &Leased) -> Result<(), Failure> {
        let id = self.registration_id;
        let found = lookup::by_id::<registration::Entity>(id)
            .read_one(app.reader())
            .await?;
        let Some(registration) = found.filter(|registration| registration.confirmed_at.is_none())
        else {
            return Ok(());
        };
        if let Some(user) = find_user_by_email(app.reader(), &registration.email).await? {
            let letter = AccountExists {
                language: Language::first_of([user.locale.as_deref()]),
                name: user.name,
            };
            return post(app, lease, &registration.email, &letter).await;
        }
        let subject = TokenSubject::registration(id);
        let token = mail_tokens::newest(app.reader(), MailTokenKind::VerifyEmail, subject)
            .await?
            .ok_or_else(|| Failure::GiveUp(anyhow::anyhow!("the token for this email is gone")))?;
        let language = Language::first_of([registration.locale.as_deref()]);
        let letter = VerifyEmail {
            language,
            name: name_after_hello(&registration.name, language),
            code: app.keys().code(id, registration.code_number),
            link: language.in_link(mail_tokens::link(app, "verify", &token)),
        };
        post(app, lease, &registration.email, &letter).await
    }
}

/// Mails the link that resets a password. An address without an account gets no email.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailPasswordReset {
    pub password_reset_id: PasswordResetId,
}

impl Run<App> for MailPasswordReset {
    async fn run(&self, app: &App, lease: &Leased) -> Result<(), Failure> {
        let id = self.password_reset_id;
        let reset = lookup::by_id::<password_reset::Entity>(id);
        let Some(reset) = reset.read_one(app.reader()).await? else {
            return Ok(());
        };
        let user = find_user_by_email(app.reader(), &reset.email).await?;
        let Some(user) = user.filter(|user| user.state.lets_in()) else {
            return Ok(());
        };
        let subject = TokenSubject::password_reset(id);
        let token = mail_tokens::newest(app.reader(), MailTokenKind::ResetPassword, subject)
            .await?
            .ok_or_else(|| Failure::GiveUp(anyhow::anyhow!("the token for this email is gone")))?;
        let language = Language::first_of([user.locale.as_deref()]);
        let letter = ResetPassword {
            language,
            name: user.name,
            link: language.in_link(mail_tokens::link(app, "reset", &token)),
        };
        post(app, lease, &reset.email, &letter).await
    }
}

/// Mails the link that changes the email address of an account to the new address. If the new
/// address has an account already, the email says so and holds no link.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailEmailChange {
    pub email_change_id: EmailChangeId,
}

impl Run<App> for MailEmailChange {
    async fn run(&self, app: &App, lease: &Leased) -> Result<(), Failure> {
        let id = self.email_change_id;
        let change = lookup::by_id::<email_change::Entity>(id);
        let Some(change) = change.read_one(app.reader()).await? else {
            return Ok(());
        };
        if let Some(holder) = find_user_by_email(app.reader(), &change.new_email).await? {
            let letter = AddressTaken {
                language: Language::first_of([holder.locale.as_deref()]),
                name: holder.name,
            };
            return post(app, lease, &change.new_email, &letter).await;
        }
        let subject = TokenSubject::account(change.user_id);
        let token = mail_tokens::newest(app.reader(), MailTokenKind::ChangeEmail, subject).await?;
        let Some(token) = token.filter(|token| token.created_at == change.asked_at) else {
            return Ok(());
        };
        let user = require_user(app.reader(), change.user_id).await?;
        // The address is not confirmed yet: a stranger may read this email.
        let language = Language::first_of([user.locale.as_deref()]);
        let letter = ConfirmAddress {
            language,
            name: name_after_hello(&user.name, language),
            link: language.in_link(mail_tokens::link(app, "confirm-email", &token)),
        };
        post(app, lease, &change.new_email, &letter).await
    }
}

/// Tells the old address that the account has a new one, with a link that undoes the change.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailEmailChanged {
    pub email_change_id: EmailChangeId,
}

impl Run<App> for MailEmailChanged {
    async fn run(&self, app: &App, lease: &Leased) -> Result<(), Failure> {
        let id = self.email_change_id;
        let change = lookup::by_id::<email_change::Entity>(id);
        let Some(change) = change.read_one(app.reader()).await? else {
            return Ok(());
        };
        let (kind, subject) = (
            MailTokenKind::UndoEmailChange,
            TokenSubject::email_change(id),
        );
        let token = mail_tokens::newest(app.reader(), kind, subject)
            .await?
            .ok_or_else(|| Failure::GiveUp(anyhow::anyhow!("the token for this email is gone")))?;
        let user = require_user(app.reader(), change.user_id).await?;
        let language = Language::first_of([user.locale.as_deref()]);
        let letter = AddressChanged {
            language,
            name: user.name,
            link: language.in_link(mail_tokens::link(app, "undo-email", &token)),
        };
        post(app, lease, &change.old_email, &letter).await
    }
}

/// Mails a sign-in code. An address without an account gets no email.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailSignInCode {
    pub sign_in_code_id: SignInCodeId,
}

impl Run<App> for MailSignInCode {
    async fn run(&self, app: &App, lease: &Leased) -> Result<(), Failure> {
        let id = self.sign_in_code_id;
        let code = lookup::by_id::<sign_in_code::Entity>(id);
        let Some(code) = code.read_one(app.reader()).await? else {
            return Ok(());
        };
        let user = find_user_by_email(app.reader(), &code.email).await?;
        let Some(user) = user.filter(|user| user.state.lets_in()) else {
            return Ok(());
        };
        let language = Language::first_of([user.locale.as_deref()]);
        let letter = SignInWithCode {
            language,
            name: user.name,
            code: app.keys().sign_in_code(id),
            device: code.device_label.map(|label| device(&label, language)),
        };
        post(app, lease, &code.email, &letter).await
    }
}

/// Enqueues the email about a security event, in the transaction that notes it.
pub(super) async fn mail_event(write: &Transaction, event: SecurityEventId) -> Result<(), Problem> {
    let mail = MailSecurityEvent {
        security_event_id: event,
    };
    write.enqueue(&mail).await
}

/// Mails the owner of an account what happened to it.
impl Run<App> for MailSecurityEvent {
    async fn run(&self, app: &App, lease: &Leased) -> Result<(), Failure> {
        let id = self.security_event_id;
        let event = lookup::by_id::<security_event::Entity>(id);
        let Some(event) = event.read_one(app.reader()).await? else {
            return Ok(());
        };
        let (Some(user_id), Some((subject, what))) = (event.user_id, words(event.kind)) else {
            return Ok(());
        };
        let user = require_user(app.reader(), user_id).await?;
        let language = Language::first_of([user.locale.as_deref()]);
        let zone = ReaderZone::named(&user.time_zone).in_language(language);
        let letter = AccountNews {
            language,
            when: for_reader(event.occurred_at, zone),
            name: user.name,
            subject,
            what,
            advice: advice(event.kind),
            device: event.device_label.map(|label| device(&label, language)),
            network: event.address_prefix,
        };
        post(app, lease, &user.email, &letter).await
    }
}

/// A name after "Hello", without the words that an email program would make a link of.
fn name_after_hello(name: &str, language: Language) -> String {
    plain_label(name, &language.say("name-after-hello").to_string())
}

/// What a device called itself, without the words that an email program would make a link of.
fn device(label: &str, language: Language) -> String {
    plain_label(label, &language.say("device-without-name").to_string())
}

/// The key of what the owner should do about an event. `None`: the advice that all these emails give.
fn advice(kind: SecurityEventKind) -> Option<&'static str> {
    (kind == SecurityEventKind::RefreshTokenReused).then_some("news-advice-signed-out")
}

/// The keys of the subject of the email about an event, and of what it says. `None` for events that
/// are only listed.
fn words(kind: SecurityEventKind) -> Option<(&'static str, &'static str)> {
    use SecurityEventKind as E;
    Some(match kind {
        E::TotpAdded => ("news-totp-added-subject", "news-totp-added"),
        E::TotpRemoved => ("news-totp-removed-subject", "news-totp-removed"),
        E::RecoveryCodesReplaced => ("news-codes-replaced-subject", "news-codes-replaced"),
        E::RecoveryCodeUsed => ("news-code-used-subject", "news-code-used"),
        E::PasskeyAdded => ("news-passkey-added-subject", "news-passkey-added"),
        E::PasskeyDeleted => ("news-passkey-deleted-subject", "news-passkey-deleted"),
        E::PasswordDeleted => ("news-password-deleted-subject", "news-password-deleted"),
        E::SignedInOnNewDevice => ("news-new-device-subject", "news-new-device"),
        E::SignedInAfterFailures => ("news-after-failures-subject", "news-after-failures"),
        E::RefreshTokenReused => ("news-signed-out-subject", "news-signed-out"),
        E::PasswordChanged | E::PasswordReset => (
            "news-password-changed-subject",
            "news-password-changed",
        ),
        E::PersonalAccessTokenCreated => ("news-token-created-subject", "news-token-created"),
        E::SecondFactorRequested
        | E::SecondFactorRefused
        | E::EmailChangeRequested
        | E::EmailChanged
        | E::EmailChangeUndone
        | E::SignedIn
        | E::SignInRefused
        | E::SignedOut
        | E::SessionEnded
        | E::OtherSessionsEnded
        | E::Reauthenticated
        | E::ReauthenticationRefused
        // It has an email of its own.
        | E::DeletionScheduled
        | E::DeletionCanceled
        | E::PersonalAccessTokenRevoked
        | E::EmailsUnsubscribed
        | E::EmailsResubscribed
        | E::RespondedByLink
        | E::ResponseLinksVoided
        | E::DisabledByOperator
        | E::EnabledByOperator
        | E::SignedOutByOperator => return None,
    })
}
