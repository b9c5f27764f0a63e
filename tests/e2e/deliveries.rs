//! Reminders when the mail server misbehaves: each failure has its state, and a mail that is
//! known to be sent is not sent again.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::Value;

use crate::support::clock::{full_minute_after, until, within};
use crate::support::mail::Letter;
use crate::support::people::{Circle, Person, SOON, ask_for_account, register};
use crate::support::server::Setup;
use crate::support::smtp::{Answer, Fault, Stage};

/// Up to two full minutes until the reminder is due, and the interval of the server's checks.
const FIRED: Duration = Duration::from_secs(100);
/// The time limits for a silent mail server and for its QUIT, and the interval of the server's
/// checks.
const TRIED_AGAIN: Duration = Duration::from_secs(110);

/// The recorded outcome of a delivery: state, reason, attempts.
type Outcome = (&'static str, Option<&'static str>, i64);

/// What goes wrong for one person, and the expected outcome.
struct Case {
    to: &'static str,
    faults: &'static [(Stage, Answer)],
    first_outcome: Outcome,
    last_outcome: Outcome,
    /// How often the mail server receives the whole mail.
    copies: usize,
}

use Answer::{Garbage, HangUp, OverLong, Say, Silence};
use Stage::{Dot, Recipient};

const CASES: [Case; 9] = [
    Case {
        to: "asked-to-wait@example.org",
        faults: &[(Recipient, Say("451 busy"))],
        first_outcome: ("queued", Some("asked_to_wait"), 1),
        last_outcome: ("sent", None, 2),
        copies: 1,
    },
    Case {
        to: "moved-away@example.org",
        faults: &[(Recipient, Say("550 no such person"))],
        first_outcome: ("bounced", Some("address_refused"), 1),
        last_outcome: ("bounced", Some("address_refused"), 1),
        copies: 0,
    },
    Case {
        to: "box-full@example.org",
        faults: &[(Dot, Say("552 the box is full"))],
        first_outcome: ("queued", Some("mailbox_full"), 1),
        last_outcome: ("sent", None, 2),
        copies: 2,
    },
    Case {
        to: "not-a-yes@example.org",
        faults: &[(Dot, Say("354 go on"))],
        first_outcome: ("unknown", Some("server_silent"), 1),
        last_outcome: ("sent", None, 2),
        copies: 2,
    },
    Case {
        to: "cut-off@example.org",
        faults: &[(Dot, HangUp), (Dot, HangUp)],
        first_outcome: ("unknown", Some("server_silent"), 1),
        last_outcome: ("failed", Some("server_silent"), 2),
        copies: 2,
    },
    Case {
        to: "hung-up@example.org",
        faults: &[(Recipient, HangUp)],
        first_outcome: ("queued", Some("server_unreachable"), 1),
        last_outcome: ("sent", None, 2),
        copies: 1,
    },
    Case {
        to: "mumbled@example.org",
        faults: &[(Recipient, Garbage)],
        first_outcome: ("queued", Some("server_unreachable"), 1),
        last_outcome: ("sent", None, 2),
        copies: 1,
    },
    Case {
        to: "without-end@example.org",
        faults: &[(Dot, OverLong)],
        first_outcome: ("unknown", Some("server_silent"), 1),
        last_outcome: ("sent", None, 2),
        copies: 2,
    },
    Case {
        to: "all-is-well@example.org",
        faults: &[],
        first_outcome: ("sent", None, 1),
        last_outcome: ("sent", None, 1),
        copies: 1,
    },
];

#[test]
fn every_failure_of_a_mail_has_its_state() {
    let setup = Setup::build();
    let _server = setup.open();
    let circle = Circle::form(&setup, register(&setup, "Ana", "ana@example.org"));
    let people = CASES.map(|case| circle.welcome("Ben", case.to, "Europe/Berlin"));
    let invitations = setup.mails.all().len();
    for case in CASES {
        for (stage, answer) in case.faults.iter().copied() {
            let to = case.to;
            setup.mails.plan_fault(Fault { to, stage, answer });
        }
    }

    let task = circle.create_task(full_minute_after(TimeDelta::seconds(15)), CASES.len());
    for person in &people {
        person.api.press(&format!("{task}/claim")).is(200);
    }
    for (case, person) in CASES.iter().zip(&people) {
        wait_for_outcome(&circle, &task, person, case.first_outcome, FIRED);
    }
    for (case, person) in CASES.iter().zip(&people) {
        wait_for_outcome(&circle, &task, person, case.last_outcome, TRIED_AGAIN);
    }

    let mails = setup.mails.all().split_off(invitations);
    for case in CASES {
        let copies = mails.iter().filter(|mail| mail.to == case.to);
        let mut ids: Vec<String> = copies
            .map(|mail| Letter::read(mail).header("Message-ID").to_owned())
            .collect();
        assert_eq!(ids.len(), case.copies, "{}", case.to);
        ids.dedup();
        assert!(ids.len() <= 1, "{}: {ids:?}", case.to);
    }
}

#[test]
fn a_silent_mail_server_does_not_delay_other_mails() {
    let setup = Setup::build();
    let _server = setup.open();
    let silent = "silent@example.org";
    setup.mails.plan_fault(Fault {
        to: silent,
        stage: Recipient,
        answer: Silence,
    });
    ask_for_account(&setup, "Ana", silent);
    until(SOON, "the mail server has fallen silent", || {
        !setup.mails.has_fault_left(silent)
    });
    register(&setup, "Ben", "ben@example.org");
}

/// Waits until a person's delivery has the expected outcome.
fn wait_for_outcome(
    circle: &Circle,
    task: &str,
    person: &Person,
    outcome: Outcome,
    limit: Duration,
) {
    let what = format!("{} comes to {outcome:?}", person.email);
    within(limit, &what, || {
        let reminders = circle.reminders(task);
        let deliveries = reminders[0]["deliveries"].as_array()?;
        let mut deliveries = deliveries.iter();
        let delivery =
            deliveries.find(|delivery| delivery["member_id"] == person.member_id.as_str())?;
        (read_outcome(delivery) == outcome).then_some(())
    });
}

fn read_outcome(delivery: &Value) -> (&str, Option<&str>, i64) {
    let state = delivery["state"].as_str().unwrap();
    let attempts = delivery["attempts"].as_i64().unwrap();
    (state, delivery["reason"].as_str(), attempts)
}
