//! Whose fault it is when a mail server refuses. Only "there is no such person" is
//! about the address; everything else passes, or the operator has to set something.
//! Mail servers give their reasons late and in their own words, so stage, codes and
//! text decide together.

use std::fmt;

/// Where in the conversation a reply came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The server's greeting and ours (EHLO).
    Greeting,
    Tls,
    SignIn,
    Sender,
    Recipient,
    Data,
    /// After the dot that ends the message.
    Message,
}

impl Stage {
    fn name(self) -> &'static str {
        match self {
            Self::Greeting => "the greeting",
            Self::Tls => "STARTTLS",
            Self::SignIn => "AUTH",
            Self::Sender => "MAIL FROM",
            Self::Recipient => "RCPT TO",
            Self::Data => "DATA",
            Self::Message => "the message",
        }
    }
}

/// Why a mail server refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    UnknownRecipient,
    MailboxFull,
    HelloName,
    SignIn,
    Tls,
    Relay,
    Sender,
    Blocked,
    Busy,
    Unclear,
}

impl Cause {
    /// A word for it in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnknownRecipient => "unknown_recipient",
            Self::MailboxFull => "mailbox_full",
            Self::HelloName => "hello_name",
            Self::SignIn => "sign_in",
            Self::Tls => "tls",
            Self::Relay => "relay",
            Self::Sender => "sender",
            Self::Blocked => "blocked",
            Self::Busy => "busy",
            Self::Unclear => "unclear",
        }
    }

    /// What it means, and what to set.
    fn advice(self) -> &'static str {
        match self {
            Self::UnknownRecipient => "there is no such address",
            Self::MailboxFull => "the mailbox is full",
            Self::HelloName => {
                "it does not accept the name it was greeted with; set SMTP_HELLO to the full \
                 name of this machine, like kith.example.org"
            }
            Self::SignIn => {
                "it wants a user and a password, or others than it got; set both in SMTP_URL"
            }
            Self::Tls => {
                "it takes no mails without encryption; begin SMTP_URL with smtps:// or smtp://"
            }
            Self::Relay => {
                "it passes no mails on for this machine; set a user and a password in SMTP_URL, \
                 or allow this machine in the mail server"
            }
            Self::Sender => {
                "it does not take mails from this sender; set MAIL_FROM to an address that it \
                 sends for"
            }
            Self::Blocked => {
                "its rules block this machine or its mails; look this machine up in block lists, \
                 check SPF and DKIM of the domain of MAIL_FROM, or ask who runs the mail server"
            }
            Self::Busy => "it asks to wait",
            Self::Unclear => "it does not say why; `kith admin test-mail` shows its words",
        }
    }
}

/// A reply that refuses. It prints without the server's words, which may quote an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    stage: Stage,
    code: u16,
    enhanced: Option<Enhanced>,
    cause: Cause,
    words: String,
}

/// An enhanced status code (RFC 3463) without its first digit.
type Enhanced = (u16, u16);

impl Refusal {
    pub fn read(stage: Stage, code: u16, words: &str) -> Self {
        let enhanced = read_enhanced(words);
        let cause = cause_of(stage, code, enhanced, &in_general(words));
        Self {
            stage,
            code,
            enhanced,
            cause,
            words: words.split_whitespace().collect::<Vec<_>>().join(" "),
        }
    }

    pub fn cause(&self) -> Cause {
        self.cause
    }

    /// Whether it passes without anybody's doing.
    pub fn is_passing(&self) -> bool {
        self.code < 500 || matches!(self.cause, Cause::MailboxFull | Cause::Busy)
    }

    /// What the server said, for the operator's own eyes.
    pub fn words(&self) -> &str {
        &self.words
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the mail server said {}", self.code)?;
        if let Some((subject, detail)) = self.enhanced {
            write!(f, " {}.{subject}.{detail}", self.code / 100)?;
        }
        let (stage, advice) = (self.stage.name(), self.cause.advice());
        write!(f, " to {stage}: {advice}")
    }
}

fn read_enhanced(words: &str) -> Option<Enhanced> {
    let first = words.split_whitespace().next()?;
    let mut parts = first.trim_start_matches('#').split('.');
    let class = parts.next()?;
    let mut number = || parts.next()?.parse::<u16>().ok();
    let (subject, detail) = (number()?, number()?);
    (matches!(class, "4" | "5") && parts.next().is_none()).then_some((subject, detail))
}

/// The words in lower case, without addresses: those say nothing of the reason.
fn in_general(words: &str) -> String {
    let words = words.to_lowercase();
    let general = words.split_whitespace().filter(|word| !word.contains('@'));
    general.collect::<Vec<_>>().join(" ")
}

fn cause_of(stage: Stage, code: u16, enhanced: Option<Enhanced>, words: &str) -> Cause {
    let says = |some: &[&str]| some.iter().any(|part| words.contains(part));
    if is_unknown_recipient(stage, code, enhanced, words) {
        return Cause::UnknownRecipient;
    }
    let no_hello = stage == Stage::Greeting && matches!(code, 500..=503);
    if (code == 504 && stage != Stage::SignIn) || no_hello || says(&["helo", "ehlo"]) {
        return Cause::HelloName;
    }
    if stage == Stage::Tls || says(&["starttls"]) {
        return Cause::Tls;
    }
    let wants_sign_in = matches!(code, 530 | 534 | 535 | 538) || enhanced == Some((7, 8));
    if stage == Stage::SignIn || wants_sign_in || says(&["authenticat", "auth required"]) {
        return Cause::SignIn;
    }
    if says(&["relay"]) {
        return Cause::Relay;
    }
    let full = says(&["quota", "full", "storage", "out of space"]);
    if enhanced == Some((2, 2)) || (enhanced.is_none() && (code == 552 || full)) {
        return Cause::MailboxFull;
    }
    if code < 500 || says(&["too many", "rate limit", "try again later", "greylist"]) {
        return Cause::Busy;
    }
    let about_sender = matches!(enhanced, Some((1, 7 | 8))) || says(&["sender address"]);
    if is_policy(enhanced, words) && !about_sender {
        return Cause::Blocked;
    }
    if about_sender || stage == Stage::Sender || says(&["sender"]) {
        return Cause::Sender;
    }
    Cause::Unclear
}

fn is_policy(enhanced: Option<Enhanced>, words: &str) -> bool {
    const WORDS: [&str; 12] = [
        "spam",
        "block",
        "blacklist",
        "dnsbl",
        "rbl",
        "policy",
        "reputation",
        "banned",
        "listed",
        "dmarc",
        "spf ",
        "dkim",
    ];
    enhanced.is_some_and(|(subject, _)| subject == 7)
        || WORDS.iter().any(|part| words.contains(part))
}

/// Whether the server is sure that there is nobody of that address.
fn is_unknown_recipient(stage: Stage, code: u16, enhanced: Option<Enhanced>, words: &str) -> bool {
    const UNKNOWN: [&str; 20] = [
        "no such user",
        "no such person",
        "no such mailbox",
        "no such address",
        "no such recipient",
        "user unknown",
        "unknown user",
        "recipient unknown",
        "unknown recipient",
        "address unknown",
        "unknown address",
        "unknown mailbox",
        "mailbox unavailable",
        "does not exist",
        "doesn't exist",
        "user not found",
        "recipient not found",
        "mailbox not found",
        "no mailbox here",
        "unrouteable address",
    ];
    // Of the sender or of this machine, such words are no news of the recipient.
    const OF_OTHERS: [&str; 4] = ["sender", "helo", "ehlo", "your "];
    if code < 500 || !matches!(stage, Stage::Recipient | Stage::Data | Stage::Message) {
        return false;
    }
    match enhanced {
        Some((1, 1 | 2 | 3 | 6 | 10)) => true,
        None | Some((0 | 1, 0)) => {
            matches!(code, 550 | 551 | 553 | 554)
                && UNKNOWN.iter().any(|part| words.contains(part))
                && !OF_OTHERS.iter().any(|part| words.contains(part))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_prints_without_the_words_of_the_server() {
        let refusal = Refusal::read(
            Stage::Recipient,
            550,
            "5.1.1 <ana@example.org>: Recipient address rejected",
        );
        assert_eq!(
            refusal.to_string(),
            "the mail server said 550 5.1.1 to RCPT TO: there is no such address"
        );
        assert!(refusal.words().contains("ana@example.org"));
    }
}
