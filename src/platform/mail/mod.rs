//! Mail: what is written, and how it leaves the house. One mail per person,
//! neutral by default, text and HTML.

mod compose;
mod label;
mod mailer;
mod of_settings;
mod outcome;
mod refusal;
mod smtp;
mod templates;

pub use compose::{Letter, Message, Sender};
pub use label::{find_link, plain_label};
pub use lettre::message::Mailbox;
pub use mailer::{Mailer, SentMail};
pub use outcome::Outcome;
pub use refusal::{Cause, Refusal};
pub use smtp::SendError;
pub use templates::{
    AccountDeletion, AccountErased, AccountExists, AccountNews, AddressChanged, AddressTaken,
    CircleEnding, CircleKept, ConfirmAddress, Invitation, NotificationLine, Notifications,
    Reminder, ResetPassword, SignInWithCode, TestMail, TokenExpiry, VerifyEmail,
};

use uuid::Uuid;

use crate::app::App;
use crate::platform::queue::{Failure, Leased};

/// Composes a letter and hands it to the mail server. The job makes the
/// Message-ID. Without an answer after the message it is sent once more.
pub async fn post(
    app: &App,
    lease: &Leased,
    to: &str,
    letter: &impl Letter,
) -> Result<(), Failure> {
    let sent = deliver(app, lease.id.0, to, letter, None).await;
    sent.map_err(|error| match error {
        SendError::Away(error) => Failure::Postpone(error),
        SendError::Refused(refusal) => refusal.failure(),
        SendError::Bounced(refusal) => Failure::GiveUp(anyhow::anyhow!("{refusal}")),
        SendError::Unknown(error) if !had_no_answer(lease) => Failure::Retry(error),
        SendError::Unknown(error) | SendError::Unwritten(error) => Failure::GiveUp(error),
    })
}

fn had_no_answer(lease: &Leased) -> bool {
    let before = lease.last_error.as_deref().unwrap_or_default();
    before.starts_with(smtp::NO_ANSWER)
}

/// Like [`post`], for those who keep book of how it ended.
pub async fn deliver(
    app: &App,
    id: Uuid,
    to: &str,
    letter: &impl Letter,
    unsubscribe: Option<&str>,
) -> Result<(), SendError> {
    let mailer = app.mailer();
    let now = app.clock().now();
    let message = Message::compose(mailer.sender(), to, id, now, letter, unsubscribe)
        .map_err(SendError::Unwritten)?;
    mailer.send(&message).await
}
