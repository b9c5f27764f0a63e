//! Codes of an authenticator app: one code used many times at once, and guesses by an attacker
//! who knows the password.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use crate::figures::{report, size};
use crate::nodes::Nodes;
use crate::support::clock::now;
use crate::support::people::{PASSWORD, register, text};
use crate::wire::at_once;

const ANA: &str = "ana@example.org";
const AT_ONCE: usize = 50;
const TICKETS: usize = 5;
const GUESSES_EACH: usize = 1000;
const GUESSERS: usize = 20;
const WINDOW: Duration = Duration::from_mins(15);

#[test]
fn only_one_of_fifty_concurrent_uses_of_a_code_signs_in() {
    let nodes = Nodes::open(&[]);
    let secret = enroll(&nodes);
    let rounds = size(100, 5);
    let mut successes = Vec::new();
    for _ in 0..rounds {
        // Resets the last used step, as if this code had not been used yet.
        let database = &nodes.setup.database;
        database.change("UPDATE totp_factors SET last_step = NULL");
        database.change("DELETE FROM throttles");
        let tickets: Vec<_> = (0..TICKETS).map(|turn| ticket(&nodes, turn)).collect();
        let code = code_of(&secret);
        let answers = at_once(AT_ONCE, |index| {
            show(&nodes, index, &tickets[index % TICKETS], &code)
        });
        for status in &answers {
            let known = matches!(status, 201 | 401 | 410 | 429 | 503);
            assert!(known, "{answers:?}");
        }
        successes.push(answers.iter().filter(|status| **status == 201).count());
    }
    let (fewest, most) = (successes.iter().min(), successes.iter().max());
    report(
        "D1",
        &format!(
            "successes of {AT_ONCE} parallel uses of one code, {rounds} codes ({})",
            nodes.label()
        ),
        format!("{} to {}", fewest.unwrap(), most.unwrap()),
        "exactly 1",
        (fewest, most) == (Some(&1), Some(&1)),
    );
}

#[test]
fn only_five_of_ten_thousand_guessed_codes_are_checked() {
    let nodes = Nodes::open(&[]);
    enroll(&nodes);
    let guesses = size(10_000, 1000);
    let begun = Instant::now();
    let mut answers = BTreeMap::new();
    let mut current = Value::Null;
    for first in (0..guesses).step_by(GUESSERS) {
        // An attacker who knows the password can get any number of tickets.
        if first % GUESSES_EACH == 0 {
            current = ticket(&nodes, first / GUESSES_EACH);
        }
        let some = at_once(GUESSERS, |index| {
            let guess = format!("{:06}", (first + index) * 97);
            show(&nodes, index, &current, &guess)
        });
        for status in some {
            *answers.entry(status).or_insert(0) += 1;
        }
    }
    assert!(begun.elapsed() < WINDOW, "more than one window has passed");
    let checked = answers.get(&401).copied().unwrap_or(0);
    report(
        "D2",
        &format!(
            "guessed codes sent / checked in one window of 15 minutes ({})",
            nodes.label()
        ),
        format!("{guesses} / {checked} ({answers:?})"),
        "at most 5 checked, none right",
        (1..=5).contains(&checked) && !answers.contains_key(&201),
    );
}

/// Registers Ana, adds an authenticator app and returns its secret.
fn enroll(nodes: &Nodes) -> String {
    let ana = register(&nodes.setup, "Ana", ANA);
    let enrolment = ana.press("/v1/me/totp").is(201).json();
    let secret = text(&enrolment["secret"]);
    let code = json!({ "code": code_of(&secret) });
    ana.post("/v1/me/totp/confirm", &code).is(200);
    secret
}

/// The code that the app shows now.
fn code_of(secret: &str) -> String {
    let totp = Builder::new()
        .with_secret(Secret::try_from_base32(secret).unwrap())
        .with_account_name("test")
        .build()
        .unwrap();
    let at = now().timestamp();
    totp.generate(at.try_into().unwrap()).to_string()
}

/// The ticket that the right password gives.
fn ticket(nodes: &Nodes, turn: usize) -> Value {
    let credentials = json!({ "email": ANA, "password": PASSWORD });
    let answer = nodes.client(turn).post("/v1/sessions", &credentials);
    answer.is(200).json()["second_factor"]["ticket"].clone()
}

fn show(nodes: &Nodes, turn: usize, ticket: &Value, code: &str) -> u16 {
    let factor = json!({ "ticket": ticket, "code": code });
    let path = "/v1/sessions/second-factor";
    nodes.client(turn).post(path, &factor).status
}
