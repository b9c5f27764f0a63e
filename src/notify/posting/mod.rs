//! Sends emails: a job gives a letter to the mail server, and the outcome decides whether the job
//! is tried again.

mod outcome;
mod quiet;

pub use outcome::Outcome;
pub use quiet::wait_for_quiet_hours;

use uuid::Uuid;

use self::outcome::failure_of;
use crate::app::App;
use crate::auth::note_bounce;
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
    let failed = sent.map_err(|error| match error {
        SendError::Away(error) | SendError::Held(error) => Failure::Postpone(error),
        SendError::Refused(refusal) => failure_of(&refusal),
        SendError::Bounced(refusal) => Failure::GiveUp(anyhow::anyhow!("{refusal}")),
        SendError::Unknown(error) if !had_no_answer(lease) => Failure::Retry(error),
        SendError::Unknown(error) | SendError::Unwritten(error) => Failure::GiveUp(error),
    });
    // It may have been sent, whatever came of the next try: another one without an answer is the
    // last.
    failed.map_err(|failure| {
        if had_no_answer(lease) {
            failure.after(NO_ANSWER)
        } else {
            failure
        }
    })
}

fn had_no_answer(lease: &Leased) -> bool {
    let before = lease.last_error.as_deref().unwrap_or_default();
    before.starts_with(NO_ANSWER)
}

/// Like [`post`], for callers that record the outcome. It notes an address that does not exist.
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
    let sent = mailer.send(&message, now).await;
    if let Err(SendError::Bounced(_)) = &sent
        && let Err(problem) = note_bounce(app, to).await
    {
        tracing::warn!(?problem, "it was not noted that an email came back");
    }
    sent
}
