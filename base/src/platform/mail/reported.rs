//! A refusal that another mail server reports after it had accepted the email (RFC 3464).

use super::refusal::{SmtpRefusal, SmtpStage, read_enhanced};

impl SmtpRefusal {
    /// A refusal of a recipient as another mail server reports it afterwards (RFC 3464): the field
    /// `Status`, and the field `Diagnostic-Code` with the words of the server, if there is one.
    pub fn reported(status: &str, diagnostic: Option<&str>) -> Self {
        let said = diagnostic
            .and_then(|said| said.split_once(';'))
            .map(|(_, said)| said.trim());
        let (code, words) = said
            .and_then(|said| Some((said.get(..3)?.parse().ok()?, said.get(3..)?)))
            .unwrap_or((550, status));
        let words = words.trim_start_matches(['-', ' ']);
        // The status counts if the server gave none of its own.
        let words = if read_enhanced(words).is_some() {
            words.to_owned()
        } else {
            format!("{status} {words}")
        };
        Self::read(SmtpStage::Recipient, code, &words)
    }
}

#[cfg(test)]
mod tests {
    use super::super::refusal::Cause;
    use super::*;

    #[test]
    fn a_reported_refusal_has_the_cause_of_the_reply_it_reports() {
        for (status, diagnostic, cause) in [
            ("5.1.1", None, Cause::UnknownRecipient),
            (
                "5.0.0",
                Some("smtp; 550 5.1.1 <ana@example.org>: no such user"),
                Cause::UnknownRecipient,
            ),
            (
                "5.1.1",
                Some("smtp; 550 user unknown"),
                Cause::UnknownRecipient,
            ),
            (
                "5.7.1",
                Some("smtp; 554 5.7.1 this looks like spam"),
                Cause::Blocked,
            ),
            ("5.7.1", None, Cause::Blocked),
            ("5.2.2", Some("x-unix; full"), Cause::MailboxFull),
            ("4.4.7", Some("smtp; 451 not now"), Cause::Busy),
        ] {
            let refusal = SmtpRefusal::reported(status, diagnostic);
            assert_eq!(refusal.cause(), cause, "{status} {diagnostic:?}");
        }
    }
}
