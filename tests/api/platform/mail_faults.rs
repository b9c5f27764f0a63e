//! What becomes of an email, for every reply of the mail server at every step of the conversation,
//! and for every way in which the connection can fail there.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kith::notify::posting::Outcome;
use kith::platform::mail::SendError;
use kith::platform::queue::Failure;

use super::mail_refusals::{send_at, send_with};
use crate::harness::mail_server::{
    Manner, faulty_server, faulty_server_with_starttls, mail_server,
};

/// The steps: the greeting, and the commands after it.
const STEPS: [&str; 7] = ["220", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "."];

// The state of the delivery, its reason, and how its job goes on.
const SENT: &str = "sent - -";
/// The connection failed: no attempt is counted.
const AWAY: &str = "queued server_unreachable postpone";
/// The server refuses all emails: no attempt is counted, and the breaker opens.
const OURS: &str = "queued server_refuses postpone";
/// The server refuses this email because of a rule or a setting.
const KEPT: &str = "queued server_refuses wait";
const WAIT: &str = "queued asked_to_wait wait";
const FULL: &str = "queued mailbox_full wait";
const GONE: &str = "bounced address_refused -";
const DOUBT: &str = "queued address_refused retry";
/// The message itself was refused.
const DEAD: &str = "failed message_refused give_up";
/// Nobody knows whether the server has the message.
const LOST: &str = "unknown server_silent retry";

/// A reply, and the outcome at each step.
type Row = (&'static str, [&'static str; 7]);

const ASKED_TO_WAIT: [&str; 7] = [WAIT; 7];
const IS_NO_REPLY: [&str; 7] = [AWAY, AWAY, AWAY, AWAY, AWAY, AWAY, LOST];

const fn refused(
    recipient: &'static str,
    data: &'static str,
    dot: &'static str,
) -> [&'static str; 7] {
    [OURS, OURS, OURS, OURS, recipient, data, dot]
}

#[rustfmt::skip]
const REPLIES: [Row; 41] = [
    ("250 fine", [SENT, AWAY, SENT, SENT, SENT, AWAY, SENT]),
    ("251 elsewhere", [SENT, AWAY, SENT, AWAY, SENT, AWAY, LOST]),
    ("252 perhaps", [SENT, AWAY, SENT, AWAY, AWAY, AWAY, LOST]),
    ("354 go on", [SENT, AWAY, SENT, AWAY, AWAY, SENT, LOST]),
    ("421 no", ASKED_TO_WAIT),
    ("450 no", ASKED_TO_WAIT),
    ("451 no", ASKED_TO_WAIT),
    ("452 no", ASKED_TO_WAIT),
    ("454 no", ASKED_TO_WAIT),
    ("450 4.1.1 user unknown for now", ASKED_TO_WAIT),
    ("451-wait\r\n451 please", ASKED_TO_WAIT),
    ("452 4.2.2 over quota", [FULL, FULL, WAIT, FULL, FULL, FULL, FULL]),
    ("500 no", refused(KEPT, KEPT, DEAD)),
    ("501 no", refused(KEPT, KEPT, DEAD)),
    ("502 no", refused(KEPT, KEPT, DEAD)),
    ("503 no", refused(KEPT, KEPT, DEAD)),
    ("504 no", refused(KEPT, KEPT, KEPT)),
    ("521 no", refused(KEPT, KEPT, DEAD)),
    ("530 no", refused(KEPT, KEPT, KEPT)),
    ("535 no", refused(KEPT, KEPT, KEPT)),
    ("541 no", refused(KEPT, KEPT, DEAD)),
    ("550 no", refused(KEPT, KEPT, DEAD)),
    ("551 no", refused(KEPT, KEPT, DEAD)),
    ("552 no", refused(FULL, FULL, FULL)),
    ("553 no", refused(KEPT, KEPT, DEAD)),
    ("554 no", refused(KEPT, KEPT, DEAD)),
    ("555 no", refused(KEPT, KEPT, DEAD)),
    ("556 no", refused(GONE, GONE, GONE)),
    ("550 5.1.1 no such user", refused(GONE, GONE, GONE)),
    ("550-5.1.1 no such\r\n550 5.1.1 user", refused(GONE, GONE, GONE)),
    ("550 mailbox unavailable", refused(DOUBT, DOUBT, DOUBT)),
    ("550 5.7.1 against our policy", refused(KEPT, KEPT, KEPT)),
    ("554 5.7.1 Relay access denied", refused(KEPT, KEPT, KEPT)),
    ("552 5.3.4 too big", refused(KEPT, KEPT, DEAD)),
    ("550 5.2.1 too many emails for this mailbox", refused(WAIT, WAIT, WAIT)),
    ("550 sender domain does not exist", refused(KEPT, KEPT, KEPT)),
    ("250", IS_NO_REPLY),
    ("25 fine", IS_NO_REPLY),
    ("650 no", IS_NO_REPLY),
    ("250-fine\r\n550 no", IS_NO_REPLY),
    ("fine", IS_NO_REPLY),
];

const BROKEN: [Manner; 4] = [
    Manner::HangUp,
    Manner::Hang,
    Manner::Garbage,
    Manner::OverLong,
];

/// All cases: each reply at once and byte by byte, and each broken connection, at each step.
fn cases() -> Vec<(&'static str, Manner, &'static str)> {
    let at_each_step = |manner: Manner, outcomes: [&'static str; 7]| {
        let steps = STEPS.into_iter().zip(outcomes);
        steps.map(move |(step, outcome)| (step, manner, outcome))
    };
    let mut cases = Vec::new();
    for (reply, outcomes) in REPLIES {
        cases.extend(at_each_step(Manner::Say(reply), outcomes));
        cases.extend(at_each_step(Manner::Split(reply), outcomes));
    }
    for manner in BROKEN {
        cases.extend(at_each_step(manner, IS_NO_REPLY));
    }
    cases
}

fn in_words(outcome: &Outcome) -> String {
    let reason = outcome.reason.map_or("-", |reason| reason.as_str());
    let goes_on = match outcome.failure {
        None => "-",
        Some(Failure::Retry(_)) => "retry",
        Some(Failure::Wait(_)) => "wait",
        Some(Failure::Postpone(_)) => "postpone",
        Some(Failure::GiveUp(_)) => "give_up",
    };
    format!("{} {reason} {goes_on}", outcome.state.as_str())
}

#[tokio::test]
async fn every_failure_at_every_step_has_its_outcome() {
    let cases = cases();
    assert_eq!(cases.len(), 602);
    let mut wrong = Vec::new();
    for (step, manner, expected) in cases {
        let sent = send_with(&faulty_server(step, manner)).await;
        let outcome = in_words(&Outcome::of(sent, false));
        if outcome != expected {
            wrong.push(format!("{step} {manner:?}: {outcome}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn without_the_encryption_that_is_required_nothing_is_sent() {
    for (step, manner, expected) in [
        // Somebody in between has removed the offer.
        ("EHLO", Manner::Say("250 AUTH PLAIN"), AWAY),
        ("STAR", Manner::Say("454 not now"), WAIT),
        ("STAR", Manner::Say("500 what?"), OURS),
        ("STAR", Manner::Say("220 go on"), AWAY),
        ("STAR", Manner::HangUp, AWAY),
        ("STAR", Manner::Hang, AWAY),
        ("STAR", Manner::Garbage, AWAY),
        ("STAR", Manner::OverLong, AWAY),
    ] {
        let sent = send_with(&faulty_server_with_starttls(step, manner)).await;
        let outcome = in_words(&Outcome::of(sent, false));
        assert_eq!(outcome, expected, "{step} {manner:?}");
    }
}

#[tokio::test]
async fn a_server_that_refuses_all_emails_is_tried_once_a_minute() {
    let connections = Arc::new(AtomicUsize::new(0));
    let count = connections.clone();
    let door = move || {
        count.fetch_add(1, Ordering::SeqCst);
    };
    let mailer = mail_server("AUTH", "535 5.7.8 authentication failed", door);
    for (now, is_tried) in [
        ("2026-12-01T08:00:00Z", true),
        ("2026-12-01T08:00:00Z", false),
        ("2026-12-01T08:00:59Z", false),
        ("2026-12-01T08:01:00Z", true),
        ("2026-12-01T08:01:30Z", false),
        ("2026-12-01T08:02:00Z", true),
    ] {
        let before = connections.load(Ordering::SeqCst);
        let sent = send_at(&mailer, now).await;
        let tried = connections.load(Ordering::SeqCst) - before;
        assert_eq!(tried, usize::from(is_tried), "{now}");
        match sent {
            Err(SendError::Refused(_)) => assert!(is_tried, "{now}"),
            Err(SendError::Held(why)) => {
                assert!(!is_tried && why.to_string().contains("SMTP_URL"), "{why}");
            }
            other => panic!("{now}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_server_that_refuses_one_recipient_is_tried_for_the_next() {
    let mailer = mail_server("RCPT", "550 5.7.1 Relay access denied", || ());
    for _ in 0..5 {
        let sent = send_with(&mailer).await;
        assert!(matches!(sent, Err(SendError::Refused(_))), "{sent:?}");
    }
}

#[tokio::test]
async fn an_email_that_may_have_been_sent_gets_one_more_try_without_an_answer() {
    for (step, manner, expected) in [
        (".", Manner::HangUp, "failed server_silent -"),
        (".", Manner::Hang, "failed server_silent -"),
        ("RCPT", Manner::Say("451 no"), "unknown asked_to_wait wait"),
        (
            "MAIL",
            Manner::Say("550 no"),
            "unknown server_refuses postpone",
        ),
        ("220", Manner::HangUp, "unknown server_unreachable postpone"),
        (".", Manner::Say("250 fine"), SENT),
    ] {
        let sent = send_with(&faulty_server(step, manner)).await;
        let outcome = in_words(&Outcome::of(sent, true));
        assert_eq!(outcome, expected, "{step} {manner:?}");
    }
}
