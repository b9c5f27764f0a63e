//! A mail to try the mail server with, said step by step.

use crate::platform::mail::{MailMessage, Mailer, SendError, TestMail};
use crate::platform::time::clock::Clock;

/// Sends it; a refusal is an error that says what to set, and what the mail server said.
pub async fn send_test_mail(
    mailer: &Mailer,
    public_url: String,
    to: &str,
    clock: &Clock,
    report: &mut (dyn FnMut(String) + Send),
) -> anyhow::Result<()> {
    let letter = TestMail { public_url };
    let message = MailMessage::compose(
        mailer.sender(),
        to,
        clock.new_id(),
        clock.now(),
        &letter,
        None,
    );
    let message = message.map_err(|error| anyhow::anyhow!("{to:?} is no mail address: {error}"))?;
    match mailer.send_in_steps(&message, report).await {
        Ok(()) => Ok(()),
        Err(SendError::Refused(refusal) | SendError::Bounced(refusal)) => Err(anyhow::anyhow!(
            "{refusal}\n\nIts own words: {}",
            refusal.words()
        )),
        Err(error) => Err(anyhow::anyhow!("{error}")),
    }
}
