//! Why a mail server refuses an email. Only "there is no such person" is about the address.
//! Everything else passes, or the operator must change a setting. Mail servers give their reasons
//! late and in their own words, so the stage, the codes and the words decide together.
//!
//! "Mailbox unavailable" is no reason, because it is the standard text of 550. Words about policy,
//! a full mailbox or a later time count more. Without such words the address is in doubt, and the
//! email is tried for some hours before it fails.

use std::fmt;

/// The step of the SMTP conversation at which a reply came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpStage {
    /// The greeting of the server, and ours (EHLO).
    Greeting,
    Tls,
    SignIn,
    Sender,
    Recipient,
    Data,
    /// After the dot that ends the message.
    Message,
}

impl SmtpStage {
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
    /// Perhaps there is no such address: the server does not say it clearly.
    DoubtfulRecipient,
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
    /// Its name in the metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnknownRecipient => "unknown_recipient",
            Self::DoubtfulRecipient => "doubtful_recipient",
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

    /// What it means, and which setting to change.
    fn advice(self) -> &'static str {
        match self {
            Self::UnknownRecipient => "there is no such address",
            Self::DoubtfulRecipient => "perhaps there is no such address",
            Self::MailboxFull => "the mailbox is full",
            Self::HelloName => {
                "it does not accept the name that it was greeted with; set SMTP_HELLO to the \
                 full name of this machine, like kith.example.org"
            }
            Self::SignIn => {
                "it asks for a user and a password, or for other ones; set both in SMTP_URL"
            }
            Self::Tls => {
                "it accepts no emails without encryption; begin SMTP_URL with smtps:// or smtp://"
            }
            Self::Relay => {
                "it forwards no emails for this machine; set a user and a password in SMTP_URL, \
                 or allow this machine in the mail server"
            }
            Self::Sender => {
                "it does not accept emails from this sender; set MAIL_FROM to an address that \
                 it sends for"
            }
            Self::Blocked => {
                "its rules block this machine or its emails; look this machine up in block lists, \
                 check SPF and DKIM of the domain of MAIL_FROM, or ask the operator of the mail \
                 server"
            }
            Self::Busy => "it asks to wait",
            Self::Unclear => "it does not say why; `kith admin mail test` shows its words",
        }
    }
}

/// A refusal by the mail server. `Display` leaves out the words of the server, which may quote an
/// address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpRefusal {
    stage: SmtpStage,
    code: u16,
    enhanced: Option<Enhanced>,
    cause: Cause,
    words: String,
}

/// An enhanced status code (RFC 3463) without its first digit.
pub(super) type Enhanced = (u16, u16);

impl SmtpRefusal {
    pub fn read(stage: SmtpStage, code: u16, words: &str) -> Self {
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

    /// Whether it passes without a change by the operator.
    pub fn is_passing(&self) -> bool {
        use Cause::{Busy, DoubtfulRecipient, MailboxFull};
        self.code < 500 || matches!(self.cause, MailboxFull | Busy | DoubtfulRecipient)
    }

    /// Whether it is about all emails and not about this one: a permanent refusal of the connection,
    /// the encryption, the user or the sender.
    pub fn is_of_all(&self) -> bool {
        use SmtpStage::{Greeting, Sender, SignIn, Tls};
        self.code >= 500 && matches!(self.stage, Greeting | Tls | SignIn | Sender)
    }

    /// Whether it is about the message itself, so that another try is of no use: the server read
    /// it whole, refused it for good, and gave no other reason.
    pub fn is_of_message(&self) -> bool {
        self.code >= 500 && self.stage == SmtpStage::Message && self.cause == Cause::Unclear
    }

    /// The words of the server. Show them only to the operator.
    pub fn words(&self) -> &str {
        &self.words
    }
}

impl fmt::Display for SmtpRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the mail server said {}", self.code)?;
        if let Some((subject, detail)) = self.enhanced {
            write!(f, " {}.{subject}.{detail}", self.code / 100)?;
        }
        let (stage, advice) = (self.stage.name(), self.cause.advice());
        write!(f, " to {stage}: {advice}")
    }
}

pub(super) fn read_enhanced(words: &str) -> Option<Enhanced> {
    let first = words.split_whitespace().next()?;
    let mut parts = first.trim_start_matches('#').split('.');
    let class = parts.next()?;
    let mut number = || parts.next()?.parse::<u16>().ok();
    let (subject, detail) = (number()?, number()?);
    (matches!(class, "4" | "5") && parts.next().is_none()).then_some((subject, detail))
}

/// The words in lower case, without addresses, which say nothing about the reason.
fn in_general(words: &str) -> String {
    let words = words.to_lowercase();
    let general = words.split_whitespace().filter(|word| !word.contains('@'));
    general.collect::<Vec<_>>().join(" ")
}

fn cause_of(stage: SmtpStage, code: u16, enhanced: Option<Enhanced>, words: &str) -> Cause {
    let says = |some: &[&str]| some.iter().any(|part| words.contains(part));
    let nobody = nobody(stage, code, enhanced, words);
    match nobody {
        Nobody::Surely => return Cause::UnknownRecipient,
        Nobody::Likely => return Cause::DoubtfulRecipient,
        Nobody::Possibly | Nobody::No => {}
    }
    let no_hello = stage == SmtpStage::Greeting && matches!(code, 500..=503);
    if (code == 504 && stage != SmtpStage::SignIn) || no_hello || says(&["helo", "ehlo"]) {
        return Cause::HelloName;
    }
    if stage == SmtpStage::Tls || says(&["starttls"]) {
        return Cause::Tls;
    }
    let wants_sign_in = matches!(code, 530 | 534 | 535 | 538) || enhanced == Some((7, 8));
    if stage == SmtpStage::SignIn || wants_sign_in || says(&["authenticat", "auth required"]) {
        return Cause::SignIn;
    }
    if says(&["relay"]) {
        return Cause::Relay;
    }
    let full = matches!(enhanced, None | Some((0..=2, 0))) && is_full(words);
    if enhanced == Some((2, 2)) || full || (enhanced.is_none() && code == 552) {
        return Cause::MailboxFull;
    }
    if code < 500 || is_busy(words) {
        return Cause::Busy;
    }
    let about_sender = matches!(enhanced, Some((1, 7 | 8))) || says(&["sender address"]);
    if is_policy(enhanced, words) && !about_sender {
        return Cause::Blocked;
    }
    if about_sender || stage == SmtpStage::Sender || says(&["sender"]) {
        return Cause::Sender;
    }
    if hints_at_policy(words) {
        return Cause::Blocked;
    }
    if says(&["try again"]) {
        return Cause::Busy;
    }
    if nobody == Nobody::Possibly {
        return Cause::DoubtfulRecipient;
    }
    Cause::Unclear
}

fn is_full(words: &str) -> bool {
    let says = |part: &&str| words.contains(*part);
    ["quota", "storage", "out of space"].iter().any(says) || has_word(words, "full")
}

fn is_busy(words: &str) -> bool {
    const WORDS: [&str; 6] = [
        "too many",
        "rate limit",
        "try again later",
        "try later",
        "temporar",
        "greylist",
    ];
    WORDS.iter().any(|part| words.contains(part))
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

/// Whether the words may be about rules. This counts only if nothing is clearer.
fn hints_at_policy(words: &str) -> bool {
    const WORDS: [&str; 5] = ["denied", "postmaster", "dns", "hostname", "client host"];
    WORDS.iter().any(|part| words.contains(part)) || has_word(words, "ip")
}

fn has_word(words: &str, word: &str) -> bool {
    words
        .split(|c: char| !c.is_alphanumeric())
        .any(|one| one == word)
}

/// How clearly the server says that nobody has that address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nobody {
    Surely,
    /// It says so, but gives another reason too.
    Likely,
    /// It may mean that if it gives no other reason.
    Possibly,
    No,
}

fn nobody(stage: SmtpStage, code: u16, enhanced: Option<Enhanced>, words: &str) -> Nobody {
    const UNKNOWN: [&str; 19] = [
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
        "does not exist",
        "doesn't exist",
        "user not found",
        "recipient not found",
        "mailbox not found",
        "no mailbox here",
        "unrouteable address",
    ];
    // Standard texts, which servers also send when they mean something else.
    const UNAVAILABLE: [&str; 7] = [
        "mailbox unavailable",
        "mailbox is unavailable",
        "mailbox not available",
        "mailbox disabled",
        "mailbox is disabled",
        "recipient rejected",
        "recipient address rejected",
    ];
    // With these words, the reply is about the sender or this machine, not about the recipient.
    const OF_OTHERS: [&str; 4] = ["sender", "helo", "ehlo", "your "];
    let says = |some: &[&str]| some.iter().any(|part| words.contains(part));
    if code < 500
        || !matches!(
            stage,
            SmtpStage::Recipient | SmtpStage::Data | SmtpStage::Message
        )
    {
        return Nobody::No;
    }
    let is_unknown = matches!(code, 550 | 551 | 553 | 554) && says(&UNKNOWN) && !says(&OF_OTHERS);
    match enhanced {
        Some((1, 1 | 2 | 3 | 6 | 10)) => Nobody::Surely,
        // A domain that accepts no emails at all (RFC 7504).
        None if code == 556 => Nobody::Surely,
        None | Some((0 | 1, 0)) if is_unknown && has_another_reason(words) => Nobody::Likely,
        None | Some((0 | 1, 0)) if is_unknown => Nobody::Surely,
        // Microsoft 365 says this about a name that is not in its directory.
        Some((4, 1)) if says(&["recipient address rejected"]) => Nobody::Likely,
        // The mailbox is closed.
        Some((2, 1)) => Nobody::Possibly,
        None | Some((0..=2, 0)) if says(&UNAVAILABLE) => Nobody::Possibly,
        _ => Nobody::No,
    }
}

fn has_another_reason(words: &str) -> bool {
    is_full(words)
        || is_busy(words)
        || is_policy(None, words)
        || hints_at_policy(words)
        || words.contains("try again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_prints_without_the_words_of_the_server() {
        let refusal = SmtpRefusal::read(
            SmtpStage::Recipient,
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
