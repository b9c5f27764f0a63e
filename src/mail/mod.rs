//! Mail: what is written, and how it leaves the house. One mail per person,
//! neutral by default, text and HTML.

mod compose;
mod label;
mod mailer;
mod outcome;
mod smtp;
mod templates;

pub use compose::{Letter, Message};
pub use label::{find_link, plain_label};
pub use mailer::{Mailer, SentMail};
pub use outcome::Outcome;
pub use smtp::SendError;
pub use templates::{
    AccountDeletion, AccountErased, AccountExists, AccountNews, AddressChanged, AddressTaken,
    CircleEnding, CircleKept, ConfirmAddress, Invitation, News, NewsLine, Reminder, ResetPassword,
    SignInWithCode, TokenExpiry, VerifyEmail,
};

use uuid::Uuid;

use crate::app::App;
use crate::jobs::{Failure, Leased};

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
        SendError::Transport(error) => Failure::Postpone(error),
        SendError::Later(error) => Failure::Retry(error),
        SendError::Unknown(error) if lease.attempts == 0 => Failure::Retry(error),
        SendError::Unknown(error) | SendError::Bounced(error) | SendError::Refused(error) => {
            Failure::GiveUp(error)
        }
    })
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
    let message = Message::compose(mailer.from(), to, id, now, letter, unsubscribe)
        .map_err(SendError::Refused)?;
    mailer.send(&message).await
}
