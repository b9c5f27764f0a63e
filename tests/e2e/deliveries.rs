//! What becomes of a reminder when the mail server misbehaves: each way of
//! going wrong has its state, and nothing is sent twice that is known as sent.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::Value;

use crate::support::clock::{full_minute_after, until, within};
use crate::support::mail::Letter;
use crate::support::people::{Circle, Person, SOON, ask_for_account, register};
use crate::support::server::House;
use crate::support::smtp::{Answer, Fault, Stage};

/// The next full minute but one, and the rounds of the server.
const FIRED: Duration = Duration::from_secs(100);
/// The patience of the server with a silent one, its goodbye, and its rounds.
const TRIED_AGAIN: Duration = Duration::from_secs(110);

/// What is written down about a delivery: state, reason, attempts.
type Outcome = (&'static str, Option<&'static str>, i64);

/// What goes wrong for one person, and what is to come of it.
struct Case {
    to: &'static str,
    faults: &'static [(Stage, Answer)],
    at_first: Outcome,
    in_the_end: Outcome,
    /// How often the mail server got the whole mail.
    copies: usize,
}

use Answer::{HangUp, Say, Silence};
use Stage::{Dot, Recipient};

const CASES: [Case; 7] = [
    Case {
        to: "asked-to-wait@example.org",
        faults: &[(Recipient, Say("451 busy"))],
        at_first: ("queued", Some("asked_to_wait"), 1),
        in_the_end: ("sent", None, 2),
        copies: 1,
    },
    Case {
        to: "moved-away@example.org",
        faults: &[(Recipient, Say("550 no such person"))],
        at_first: ("bounced", Some("address_refused"), 1),
        in_the_end: ("bounced", Some("address_refused"), 1),
        copies: 0,
    },
    Case {
        to: "box-full@example.org",
        faults: &[(Dot, Say("552 the box is full"))],
        at_first: ("queued", Some("mailbox_full"), 1),
        in_the_end: ("sent", None, 2),
        copies: 2,
    },
    Case {
        to: "not-a-yes@example.org",
        faults: &[(Dot, Say("354 go on"))],
        at_first: ("unknown", Some("no_answer"), 1),
        in_the_end: ("sent", None, 2),
        copies: 2,
    },
    Case {
        to: "cut-off@example.org",
        faults: &[(Dot, HangUp), (Dot, HangUp)],
        at_first: ("unknown", Some("no_answer"), 1),
        in_the_end: ("failed", Some("no_answer"), 2),
        copies: 2,
    },
    Case {
        to: "hung-up@example.org",
        faults: &[(Recipient, HangUp)],
        at_first: ("queued", Some("server_away"), 1),
        in_the_end: ("sent", None, 2),
        copies: 1,
    },
    Case {
        to: "all-is-well@example.org",
        faults: &[],
        at_first: ("sent", None, 1),
        in_the_end: ("sent", None, 1),
        copies: 1,
    },
];

#[test]
fn every_way_a_mail_can_go_wrong_has_its_state() {
    let house = House::build();
    let _server = house.open();
    let circle = Circle::form(&house, register(&house, "Ana", "ana@example.org"));
    let people = CASES.map(|case| circle.welcome("Ben", case.to, "Europe/Berlin"));
    let invitations = house.mails.all().len();
    for case in CASES {
        for (stage, answer) in case.faults.iter().copied() {
            let to = case.to;
            house.mails.plan_fault(Fault { to, stage, answer });
        }
    }

    let task = circle.create_task(full_minute_after(TimeDelta::seconds(15)), CASES.len());
    for person in &people {
        person.api.press(&format!("{task}/claim")).is(200);
    }
    for (case, person) in CASES.iter().zip(&people) {
        comes_to(&circle, &task, person, case.at_first, FIRED);
    }
    for (case, person) in CASES.iter().zip(&people) {
        comes_to(&circle, &task, person, case.in_the_end, TRIED_AGAIN);
    }

    let mails = house.mails.all().split_off(invitations);
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
fn a_silent_mail_server_holds_up_nobody_else() {
    let house = House::build();
    let _server = house.open();
    let silent = "silent@example.org";
    house.mails.plan_fault(Fault {
        to: silent,
        stage: Recipient,
        answer: Silence,
    });
    ask_for_account(&house, "Ana", silent);
    until(SOON, "the mail server has fallen silent", || {
        !house.mails.has_fault_left(silent)
    });
    register(&house, "Ben", "ben@example.org");
}

/// Waits until a person's delivery stands as it is to stand.
fn comes_to(circle: &Circle, task: &str, person: &Person, outcome: Outcome, limit: Duration) {
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
