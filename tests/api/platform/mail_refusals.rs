//! What a refusal of the mail server means. Only "there is no such recipient" is about the
//! address. After any other refusal the mail is kept, and the log says which setting to change.

use kith::entity::delivery::DeliveryState;
use kith::notify::posting::Outcome;
use kith::platform::language::Language;
use kith::platform::mail::{MailMessage, Mailer, SendError, Sender, TestMail};
use kith::platform::queue::Failure;

use crate::harness::mail_server::mail_server;
use crate::harness::sender;

const TO: &str = "ben@test.example";

/// The recipient does not exist: only this ends a mail at once.
const GONE: &str = "bounced address_refused: there is no such address";
/// The recipient may not exist: the mail is retried for some hours, without an alarm.
const DOUBT: &str = "queued address_refused: perhaps there is no such address";
const FULL: &str = "queued mailbox_full: the mailbox is full";
const WAIT: &str = "queued asked_to_wait: it asks to wait";
const NAME: &str = "queued server_refuses: set SMTP_HELLO";
const LOGIN: &str = "queued server_refuses: set both in SMTP_URL";
const TLS: &str = "queued server_refuses: begin SMTP_URL with smtps://";
const RELAY: &str = "queued server_refuses: it forwards no emails";
const SENDER: &str = "queued server_refuses: set MAIL_FROM";
const POLICY: &str = "queued server_refuses: its rules block";
const UNCLEAR: &str = "queued server_refuses: `kith admin mail test`";
/// The server refuses the message itself.
const DEAD: &str = "failed message_refused: `kith admin mail test`";

/// What the server says at one step, and the expected outcome.
type Replies = &'static [(&'static str, &'static str)];

const REPLIES: [(&str, Replies); 7] = [
    (
        "220",
        &[
            ("554 5.7.1 no SMTP service here", POLICY),
            ("554 no SMTP service here", UNCLEAR),
            ("421 4.3.2 too many connections", WAIT),
            ("450 4.7.1 try again later", WAIT),
            ("550 5.7.1 your address is listed at a block list", POLICY),
        ],
    ),
    (
        "EHLO",
        &[
            (
                "504 5.5.2 <kith.example>: Helo command rejected: need fully-qualified hostname",
                NAME,
            ),
            ("504 what?", NAME),
            ("501 5.5.4 Invalid domain name", NAME),
            ("550 5.7.1 Helo invalid", NAME),
            ("502 5.5.1 not here", NAME),
            ("421 4.7.0 too busy", WAIT),
        ],
    ),
    (
        "AUTH",
        &[
            ("535 5.7.8 authentication failed", LOGIN),
            ("535 Incorrect authentication data", LOGIN),
            ("534 5.7.9 an application password is needed", LOGIN),
            ("538 5.7.11 encryption required", LOGIN),
            ("504 5.5.4 no such mechanism", LOGIN),
            ("530 5.7.0 must issue a STARTTLS command first", TLS),
        ],
    ),
    (
        "MAIL",
        &[
            ("530 5.7.0 must issue a STARTTLS command first", TLS),
            ("530 5.7.0 authentication required", LOGIN),
            ("550 5.7.1 authentication required", LOGIN),
            (
                "553 5.7.1 <kith@kith.example>: Sender address rejected: not owned by user",
                SENDER,
            ),
            (
                "550 5.1.8 <kith@kith.example>: Sender address rejected: domain not found",
                SENDER,
            ),
            ("550 5.1.7 bad sender", SENDER),
            ("550 5.1.1 no such user", SENDER),
            ("501 5.1.3 bad address syntax", SENDER),
            ("550 5.7.1 this machine is on a block list", POLICY),
            ("550 5.7.26 this mail has no DMARC", POLICY),
            ("451 4.7.1 greylisted", WAIT),
            ("452 4.3.1 insufficient system resources", WAIT),
        ],
    ),
    (
        "RCPT",
        &[
            (
                "550 5.1.1 <ben@test.example>: Recipient address rejected: User unknown in relay recipient table",
                GONE,
            ),
            ("550 5.1.10 RESOLVER.ADR.RecipientNotFound", GONE),
            ("550 5.1.6 the mailbox has moved", GONE),
            ("553 5.1.3 not an address", GONE),
            ("550 5.1.2 no such host", GONE),
            ("550 no such user here", GONE),
            ("550 <ben@test.example> user unknown", GONE),
            ("550 Requested action not taken: mailbox unavailable", DOUBT),
            ("550 mailbox unavailable", DOUBT),
            ("550 5.2.1 this mailbox is disabled", DOUBT),
            ("550 user unknown, or greylisted: try again later", DOUBT),
            (
                "550-Requested action not taken: mailbox unavailable\r\n\
         550-Reject due to policy restrictions.\r\n\
         550 For explanation visit https://postmaster.gmx.net/en/error-messages",
                POLICY,
            ),
            (
                "550-Requested action not taken: mailbox unavailable\r\n\
         550 Failure sending mail. Try again later",
                WAIT,
            ),
            (
                "550 Mailbox unavailable or access denied - blocked using spamhaus",
                POLICY,
            ),
            (
                "550 Greylisted, mailbox unavailable for 5 minutes, please try again later",
                WAIT,
            ),
            ("550 mailbox unavailable: user is over quota", FULL),
            ("556 this domain takes no mails", GONE),
            ("556 5.1.10 <ben@test.example>: domain has a null MX", GONE),
            ("553 sorry, that recipient does not exist", GONE),
            ("550 5.1.0 <ben@test.example> unknown user", GONE),
            (
                "504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname",
                NAME,
            ),
            ("550 5.7.1 <ben@test.example>: Relay access denied", RELAY),
            ("554 5.7.1 <ben@test.example>: Relay access denied", RELAY),
            ("550 relay not permitted", RELAY),
            ("550 5.7.1 Unable to relay", RELAY),
            (
                "454 4.7.1 Relay access denied",
                "queued asked_to_wait: it forwards no emails",
            ),
            ("530 5.7.1 authentication required", LOGIN),
            (
                "550 5.7.1 Service unavailable, client host [192.0.2.1] blocked using a block list",
                POLICY,
            ),
            ("554 5.7.1 Recipient address rejected: policy", POLICY),
            (
                "550 5.1.8 Sender address rejected: domain not found",
                SENDER,
            ),
            ("550 sender domain does not exist", SENDER),
            ("550 rejected", UNCLEAR),
            (
                "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)",
                DOUBT,
            ),
            ("450 4.1.1 user unknown for now", WAIT),
            ("450 4.2.0 greylisted", WAIT),
            ("452 4.2.2 over quota", FULL),
            ("552 5.2.2 mailbox full", FULL),
            (
                "552 Requested mail action aborted: exceeded storage allocation",
                FULL,
            ),
            ("550 5.2.1 too many mails for this mailbox", WAIT),
        ],
    ),
    (
        ".",
        &[
            ("554 mailbox unavailable", DOUBT),
            (
                "550 Mailbox unavailable or access denied [x IP: 192.0.2.1]",
                POLICY,
            ),
            ("550 5.7.1 this looks like spam", POLICY),
            ("554 5.7.1 DMARC", POLICY),
            ("552 5.2.2 the mailbox is full", FULL),
            ("552 5.3.4 too big", DEAD),
            ("550 5.1.1 no such user", GONE),
            ("451 4.3.0 not now", WAIT),
        ],
    ),
    (
        "DATA",
        &[
            ("554 5.5.1 no valid recipients", UNCLEAR),
            ("451 4.3.0 try again later", WAIT),
        ],
    ),
];

fn message_from(sender: &Sender) -> MailMessage {
    let letter = TestMail {
        language: Language::ENGLISH,
        public_url: "https://kith.example".into(),
    };
    let date = "2026-12-01T08:00:00Z".parse().unwrap();
    MailMessage::compose(sender, TO, uuid::Uuid::nil(), date, &letter, None).unwrap()
}

pub async fn send_with(mailer: &Mailer) -> Result<(), SendError> {
    send_at(mailer, "2026-12-01T08:00:00Z").await
}

pub async fn send_at(mailer: &Mailer, now: &str) -> Result<(), SendError> {
    let now = now.parse().unwrap();
    mailer.send(&message_from(&sender()), now).await
}

#[tokio::test]
async fn only_an_unknown_recipient_ends_a_mail_at_once() {
    let replies = REPLIES.into_iter().flat_map(|(step, replies)| {
        replies
            .iter()
            .map(move |&(answer, expected)| (step, answer, expected))
    });
    for (step, answer, expected) in replies {
        let (outcome, part) = expected.split_once(": ").unwrap();
        let sent = send_with(&mail_server(step, answer, || ())).await;
        let (is_gone, said) = match &sent {
            Err(SendError::Bounced(refusal)) => (true, refusal.to_string()),
            Err(SendError::Refused(refusal)) => (false, refusal.to_string()),
            other => panic!("{step} {answer}: {other:?}"),
        };
        assert!(said.contains(part), "{step} {answer}: {said}");
        assert!(!said.contains("test.example"), "{step} {answer}: {said}");
        let written = Outcome::of(sent, false);
        let (state, reason) = (written.state.as_str(), written.reason.unwrap().as_str());
        assert_eq!(format!("{state} {reason}"), outcome, "{step} {answer}");
        assert_eq!(written.state == DeliveryState::Bounced, is_gone);
        let in_doubt = expected == DOUBT;
        let ends = matches!(written.failure, Some(Failure::Retry(_)));
        assert_eq!(ends, in_doubt, "{step} {answer}");
        let kept = matches!(
            written.failure,
            Some(Failure::Wait(_) | Failure::Postpone(_))
        );
        let is_kept = written.state == DeliveryState::Queued && !in_doubt;
        assert_eq!(kept, is_kept, "{step} {answer}");
    }
}

#[tokio::test]
async fn a_broken_connection_says_nothing_about_the_address() {
    for step in ["220", "EHLO", "AUTH", "MAIL", "RCPT", "DATA"] {
        let sent = send_with(&mail_server(step, "", || ())).await;
        assert!(matches!(sent, Err(SendError::Away(_))), "{step}: {sent:?}");
    }
    let sent = send_with(&mail_server(".", "", || ())).await;
    assert!(matches!(sent, Err(SendError::Unknown(_))), "{sent:?}");
}

#[test]
fn a_mail_names_its_reply_address_or_says_that_nobody_reads_replies() {
    // The encoder may break a long line of the mail anywhere.
    let raw = |message: MailMessage| {
        let raw = String::from_utf8(message.bytes).unwrap();
        raw.replace("=\r\n", "")
    };
    let with = raw(message_from(&sender()));
    assert!(with.contains("Reply-To: Ana <ana@kith.example>"), "{with}");
    assert!(!with.contains("nobody reads"), "{with}");

    let without = raw(message_from(&sender().from.into()));
    let said = without.matches("nobody reads replies").count();
    assert_eq!(said, 2, "{without}");
    assert!(!without.contains("Reply-To"), "{without}");
}
