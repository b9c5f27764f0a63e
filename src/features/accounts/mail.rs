//! The mails about accounts.

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::auth::mail_tokens::{self, TokenSubject};
use crate::auth::{MailAccountEvent, find_user_by_email, lookup, require_user};
use crate::entity::account_event::EventKind;
use crate::entity::ids::{
    AccountEventId, EmailChangeId, PasswordResetId, RegistrationId, SignInCodeId,
};
use crate::entity::mail_token::MailTokenKind;
use crate::entity::{account_event, email_change, password_reset, registration, sign_in_code};
use crate::notify::posting::post;
use crate::platform::db::Transaction;
use crate::platform::mail::{
    AccountExists, AccountNews, AddressChanged, AddressTaken, ConfirmAddress, ResetPassword,
    SignInWithCode, VerifyEmail, plain_label,
};
use crate::platform::queue::{Failure, Leased, Run};
use crate::platform::time::civil::for_reader;
use crate::problem::Problem;

/// Mails what a registration needs: link and code, or that there is an account
/// already. Only this mail knows the difference.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailVerification {
    pub registration_id: RegistrationId,
}

impl Run<App> for MailVerification {
    async fn run(&self, app: &App, lease: &Leased) -> Result<(), Failure> {
        let id = self.registration_id;
        let found = lookup::by_id::<registration::Entity>(id)
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
        let subject = TokenSubject::registration(id);
        let token = mail_tokens::newest(app.reader(), MailTokenKind::VerifyEmail, subject)
            .await?
            .ok_or_else(|| Failure::GiveUp(anyhow::anyhow!("its token is gone")))?;
        let letter = VerifyEmail {
            name: plain_label(&registration.name, "there"),
            code: app.keys().code(id, registration.code_number),
            link: mail_tokens::link(app, "verify", &token),
        };
        post(app, lease, &registration.email, &letter).await
    }
}

/// Mails the link to a new password to an address that has an account; to any
/// other nothing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailPasswordReset {
    pub password_reset_id: PasswordResetId,
}

impl Run<App> for MailPasswordReset {
    async fn run(&self, app: &App, lease: &Leased) -> Result<(), Failure> {
        let id = self.password_reset_id;
        let reset = lookup::by_id::<password_reset::Entity>(id);
        let Some(reset) = reset.one(app.reader()).await? else {
            return Ok(());
        };
        let user = find_user_by_email(app.reader(), &reset.email).await?;
        let Some(user) = user.filter(|user| user.state.lets_in()) else {
            return Ok(());
        };
        let subject = TokenSubject::password_reset(id);
        let token = mail_tokens::newest(app.reader(), MailTokenKind::ResetPassword, subject)
            .await?
            .ok_or_else(|| Failure::GiveUp(anyhow::anyhow!("its token is gone")))?;
        let letter = ResetPassword {
            name: user.name,
            link: mail_tokens::link(app, "reset", &token),
        };
        post(app, lease, &reset.email, &letter).await
    }
}

/// Mails the link that moves an account to the address it goes to; if that has
/// an account already, it is told that.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailEmailChange {
    pub email_change_id: EmailChangeId,
}

impl Run<App> for MailEmailChange {
    async fn run(&self, app: &App, lease: &Leased) -> Result<(), Failure> {
        let id = self.email_change_id;
        let change = lookup::by_id::<email_change::Entity>(id);
        let Some(change) = change.one(app.reader()).await? else {
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
        // The address is not proven yet: it may be anybody's.
        let letter = ConfirmAddress {
            name: plain_label(&user.name, "there"),
            link: mail_tokens::link(app, "confirm-email", &token),
        };
        post(app, lease, &change.new_email, &letter).await
    }
}

/// Tells the old address that the account has moved, with a link to take it back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailEmailChanged {
    pub email_change_id: EmailChangeId,
}

impl Run<App> for MailEmailChanged {
    async fn run(&self, app: &App, lease: &Leased) -> Result<(), Failure> {
        let id = self.email_change_id;
        let change = lookup::by_id::<email_change::Entity>(id);
        let Some(change) = change.one(app.reader()).await? else {
            return Ok(());
        };
        let (kind, subject) = (
            MailTokenKind::UndoEmailChange,
            TokenSubject::email_change(id),
        );
        let token = mail_tokens::newest(app.reader(), kind, subject)
            .await?
            .ok_or_else(|| Failure::GiveUp(anyhow::anyhow!("its token is gone")))?;
        let user = require_user(app.reader(), change.user_id).await?;
        let letter = AddressChanged {
            name: user.name,
            link: mail_tokens::link(app, "undo-email", &token),
        };
        post(app, lease, &change.old_email, &letter).await
    }
}

/// Mails a code to sign in with to an address that has an account; to any other
/// nothing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailSignInCode {
    pub sign_in_code_id: SignInCodeId,
}

impl Run<App> for MailSignInCode {
    async fn run(&self, app: &App, lease: &Leased) -> Result<(), Failure> {
        let id = self.sign_in_code_id;
        let code = lookup::by_id::<sign_in_code::Entity>(id);
        let Some(code) = code.one(app.reader()).await? else {
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

/// Has the owner told of an event, in the transaction that notes it.
pub(super) async fn mail_event(write: &Transaction, event: AccountEventId) -> Result<(), Problem> {
    let mail = MailAccountEvent {
        account_event_id: event,
    };
    write.enqueue(&mail).await
}

/// Tells the owner of an account what happened to it.
impl Run<App> for MailAccountEvent {
    async fn run(&self, app: &App, lease: &Leased) -> Result<(), Failure> {
        let id = self.account_event_id;
        let event = lookup::by_id::<account_event::Entity>(id);
        let Some(event) = event.one(app.reader()).await? else {
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
            when: for_reader(event.at, &user.time_zone),
            device: event
                .device_label
                .map(|label| plain_label(&label, "a device")),
            network: event.address_prefix,
        };
        post(app, lease, &user.email, &letter).await
    }
}

/// What the owner is to do about an event, where it is not what all such mails say.
fn advice(kind: EventKind) -> Option<&'static str> {
    (kind == EventKind::RefreshTokenReused).then_some(
        "Sign in again on this device. If you do not know the device or the network, or if this happens again, ask your app for a new password now: it sends a link to this address and signs out every device.",
    )
}

/// What the mail about an event is called and says; `None` for what is only
/// written down.
fn words(kind: EventKind) -> Option<(&'static str, &'static str)> {
    use EventKind as E;
    Some(match kind {
        E::TotpAdded => (
            "An authenticator app was added",
            "signing in to your account with Kith now takes a code of an authenticator app.",
        ),
        E::TotpRemoved => (
            "The authenticator app was removed",
            "signing in to your account with Kith takes no code of an authenticator app any more.",
        ),
        E::RecoveryCodesRenewed => (
            "New recovery codes were made",
            "new recovery codes were made for your account with Kith. The old ones are void.",
        ),
        E::RecoveryCodeUsed => (
            "A recovery code was used",
            "somebody signed in to your account with Kith with one of your recovery codes.",
        ),
        E::PasskeyAdded => (
            "A passkey was added",
            "a passkey was added to your account with Kith. It opens the account from now on, also after a new password: if it is not yours, set a new password, sign in and remove it.",
        ),
        E::PasskeyRemoved => (
            "A passkey was removed",
            "a passkey of your account with Kith was removed. It opens nothing any more.",
        ),
        E::PasswordRemoved => (
            "Your password was removed",
            "the password of your account with Kith was removed. Your passkeys open it now.",
        ),
        E::SignedInOnNewDevice => (
            "A new device signed in",
            "a device that had not been used before signed in to your account with Kith.",
        ),
        E::SignedInAfterFailures => (
            "Somebody signed in after several wrong tries",
            "somebody signed in to your account with Kith after five or more tries that were refused.",
        ),
        E::RefreshTokenReused => (
            "A device was signed out for safety",
            "a device was signed out of your account with Kith, because its sign-in was used twice. This is harmless if an app was open in two tabs that renewed the sign-in at the same time, or if an app lost an answer of the server and asked again. But it can also mean that somebody copied the sign-in and used it.",
        ),
        E::PasswordChanged | E::PasswordReset => (
            "Your password was changed",
            "the password of your account with Kith was changed.",
        ),
        E::PersonalTokenMade => (
            "An access token was made",
            "a device that is signed in to your account with Kith made an access token for a program.",
        ),
        E::SecondFactorAsked
        | E::SecondFactorRefused
        | E::EmailChangeAsked
        | E::EmailChanged
        | E::EmailChangeUndone
        | E::SignedIn
        | E::SignInRefused
        | E::SignedOut
        | E::SessionRevoked
        | E::OtherSessionsRevoked
        | E::Reauthenticated
        | E::ReauthenticationRefused
        // It has a letter of its own.
        | E::DeletionAsked
        | E::DeletionUndone
        | E::PersonalTokenRevoked
        | E::MailsSwitchedOff
        | E::MailsSwitchedOn
        | E::Disabled
        | E::Enabled
        | E::SignedOutByOperator => return None,
    })
}
