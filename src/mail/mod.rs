//! Mail: what is written, and how it leaves the house. One mail per person,
//! neutral by default, text and HTML.

mod compose;
mod label;
mod mailer;
mod smtp;
mod templates;

pub use compose::{Letter, Message};
pub use label::plain_label;
pub use mailer::{Mailer, SentMail};
pub use smtp::SendError;
pub use templates::{AccountExists, Invitation, Reminder, VerifyEmail};

use uuid::Uuid;

use crate::app::App;
use crate::jobs::Failure;

/// Composes a letter and hands it to the mail server. `id` makes the Message-ID.
pub async fn post(
    app: &App,
    id: Uuid,
    to: &str,
    letter: &impl Letter,
    unsubscribe: Option<&str>,
) -> Result<(), Failure> {
    deliver(app, id, to, letter, unsubscribe)
        .await
        .map_err(|error| match error {
            SendError::Transport(error) => Failure::Postpone(error),
            SendError::Later(error) | SendError::Unknown(error) => Failure::Retry(error),
            SendError::Bounced(error) | SendError::Refused(error) => Failure::GiveUp(error),
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
