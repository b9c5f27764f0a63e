//! Sends emails: a job gives a letter to the mail server, and the outcome decides whether the job
//! is tried again.

mod outcome;

pub use outcome::Outcome;

use uuid::Uuid;

use self::outcome::failure_of;
use crate::app::App;
use crate::platform::mail::{Letter, MailMessage, NO_ANSWER, SendError};
use crate::platform::queue::{Failure, Leased};

/// Composes a letter and gives it to the mail server. The Message-ID is made from the job's id. If
/// the mail server does not answer after the message, the letter is sent once more.
pub async fn post(
    app: &App,
    lease: &Leased,
    to: &str,
    letter: &impl Letter,
) -> Result<(), Failure> {
    let sent = deliver(app, lease.id.0, to, letter, None).await;
    sent.map_err(|error| match error {
        SendError::Away(error) => Failure::Postpone(error),
        SendError::Refused(refusal) => failure_of(&refusal),
        SendError::Bounced(refusal) => Failure::GiveUp(anyhow::anyhow!("{refusal}")),
        SendError::Unknown(error) if !had_no_answer(lease) => Failure::Retry(error),
        SendError::Unknown(error) | SendError::Unwritten(error) => Failure::GiveUp(error),
    })
}

fn had_no_answer(lease: &Leased) -> bool {
    let before = lease.last_error.as_deref().unwrap_or_default();
    before.starts_with(NO_ANSWER)
}

/// Like [`post`], for callers that record the outcome.
pub async fn deliver(
    app: &App,
    id: Uuid,
    to: &str,
    letter: &impl Letter,
    unsubscribe: Option<&str>,
) -> Result<(), SendError> {
    let mailer = app.mailer();
    let now = app.clock().now();
    let message = MailMessage::compose(mailer.sender(), to, id, now, letter, unsubscribe)
        .map_err(SendError::Unwritten)?;
    mailer.send(&message).await
}
