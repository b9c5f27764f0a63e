//! Sends an email to test the mail server, and reports every step.

use crate::platform::language::Language;
use crate::platform::mail::{MailMessage, Mailer, SendError, TestMail};
use crate::platform::time::clock::Clock;

/// Sends the email. If the mail server refuses it, the error says which setting to change and what
/// the server answered.
pub async fn send_test_mail(
    mailer: &Mailer,
    public_url: String,
    to: &str,
    clock: &Clock,
    report: &mut (dyn FnMut(String) + Send),
) -> anyhow::Result<()> {
    let letter = TestMail {
        language: Language::ENGLISH,
        public_url,
    };
    let message = MailMessage::compose(
        mailer.sender(),
        to,
        clock.new_id(),
        clock.now(),
        &letter,
        None,
    );
    let message =
        message.map_err(|error| anyhow::anyhow!("{to:?} is not an email address: {error}"))?;
    match mailer.send_in_steps(&message, report).await {
        Ok(()) => Ok(()),
        Err(SendError::Refused(refusal) | SendError::Bounced(refusal)) => Err(anyhow::anyhow!(
            "{refusal}\n\nThe mail server answered: {}",
            refusal.words()
        )),
        Err(error) => Err(anyhow::anyhow!("{error}")),
    }
}
