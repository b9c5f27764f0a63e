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
            let letter = AccountExists { name: user.name };
            return post(app, lease, &registration.email, &letter).await;
        }
        let subject = TokenSubject::registration(id);
        let token = mail_tokens::newest(app.reader(), MailTokenKind::VerifyEmail, subject)
            .await?
            .ok_or_else(|| Failure::GiveUp(anyhow::anyhow!("the token for this email is gone")))?;
        let letter = VerifyEmail {
            name: plain_label(&registration.name, "there"),
            code: app.keys().code(id, registration.code_number),
            link: mail_tokens::link(app, "verify", &token),
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
        let letter = ResetPassword {
            name: user.name,
            link: mail_tokens::link(app, "reset", &token),
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
            let letter = AddressTaken { name: holder.name };
            return post(app, lease, &change.new_email, &letter).await;
        }
        let subject = TokenSubject::account(change.user_id);
        let token = mail_tokens::newest(app.reader(), MailTokenKind::ChangeEmail, subject).await?;
        let Some(token) = token.filter(|token| token.created_at == change.asked_at) else {
            return Ok(());
        };
        let user = require_user(app.reader(), change.user_id).await?;
        // The address is not confirmed yet: a stranger may read this email.
        let letter = ConfirmAddress {
            name: plain_label(&user.name, "there"),
            link: mail_tokens::link(app, "confirm-email", &token),
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
        let letter = AddressChanged {
            name: user.name,
            link: mail_tokens::link(app, "undo-email", &token),
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
        let letter = SignInWithCode {
            name: user.name,
            code: app.keys().sign_in_code(id),
            device: code
                .device_label
                .map(|label| plain_label(&label, "a device")),
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
        let letter = AccountNews {
            name: user.name,
            subject,
            what,
            advice: advice(event.kind),
            when: for_reader(event.occurred_at, ReaderZone::named(&user.time_zone)),
            device: event
                .device_label
                .map(|label| plain_label(&label, "a device")),
            network: event.address_prefix,
        };
        post(app, lease, &user.email, &letter).await
    }
}

/// What the owner should do about an event. `None`: the advice that all these emails give.
fn advice(kind: SecurityEventKind) -> Option<&'static str> {
    (kind == SecurityEventKind::RefreshTokenReused).then_some(
        "Sign in again on this device. If you do not know the device or the network, or if this happens again, ask your app for a new password now: it sends a link to this address and signs out every device.",
    )
}

/// The subject of the email about an event, and its first sentence. `None` for events that are
/// only listed.
fn words(kind: SecurityEventKind) -> Option<(&'static str, &'static str)> {
    use SecurityEventKind as E;
    Some(match kind {
        E::TotpAdded => (
            "An authenticator app was added",
            "An authenticator app was added to your account with Kith. From now on you need a code from it to sign in.",
        ),
        E::TotpRemoved => (
            "The authenticator app was removed",
            "The authenticator app of your account with Kith was removed. You no longer need a code from it to sign in.",
        ),
        E::RecoveryCodesReplaced => (
            "Your recovery codes were replaced",
            "Your account with Kith has new recovery codes. The old ones no longer work.",
        ),
        E::RecoveryCodeUsed => (
            "A recovery code was used",
            "Somebody signed in to your account with Kith with one of your recovery codes.",
        ),
        E::PasskeyAdded => (
            "A passkey was added",
            "A passkey was added to your account with Kith. From now on it can be used to sign in, also after you set a new password. If it is not yours, set a new password, sign in, and delete the passkey.",
        ),
        E::PasskeyDeleted => (
            "A passkey was deleted",
            "A passkey of your account with Kith was deleted. It can no longer be used to sign in.",
        ),
        E::PasswordDeleted => (
            "Your password was deleted",
            "The password of your account with Kith was deleted. You sign in with a passkey now.",
        ),
        E::SignedInOnNewDevice => (
            "A new device signed in",
            "A device that had not been used before signed in to your account with Kith.",
        ),
        E::SignedInAfterFailures => (
            "Somebody signed in after several wrong tries",
            "Somebody signed in to your account with Kith after five or more wrong tries.",
        ),
        E::RefreshTokenReused => (
            "A device was signed out for safety",
            "A device was signed out of your account with Kith, because its sign-in was used twice. This is harmless if an app was open in two tabs that renewed the sign-in at the same time, or if an app lost an answer from the server and asked again. But it can also mean that somebody copied the sign-in and used it.",
        ),
        E::PasswordChanged | E::PasswordReset => (
            "Your password was changed",
            "The password of your account with Kith was changed.",
        ),
        E::PersonalAccessTokenCreated => (
            "A personal access token was created",
            "A device that is signed in to your account with Kith created a personal access token for a program.",
        ),
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
        | E::DisabledByOperator
        | E::EnabledByOperator
        | E::SignedOutByOperator => return None,
    })
}
