//! Guessing mailed sign-in codes, with as many codes as the server sends.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::figures::{report, size};
use crate::nodes::Nodes;
use crate::support::mail::Letter;
use crate::support::people::{SOON, register, text};
use crate::wire::at_once;

const ANA: &str = "ana@example.org";
const GUESSERS: usize = 20;
const TRIES: usize = 5;
/// As many tries as a password has in one hour.
const CODES: usize = 20;

#[test]
fn only_five_guesses_of_each_mailed_code_are_checked() {
    let nodes = Nodes::open(&[]);
    register(&nodes.setup, "Ana", ANA);
    let guesses = size(10_000, 1000);
    let mut codes = Vec::new();
    let mut answers = BTreeMap::new();
    for first in (0..guesses).step_by(GUESSERS) {
        let asked = nodes
            .client(first)
            .post("/v1/sign-in-codes", &json!({ "email": ANA }));
        if asked.status == 202 {
            codes.push(text(&asked.json()["id"]));
        } else {
            assert_eq!(asked.status, 429, "{}", asked.body);
        }
        let id = codes.last().unwrap();
        let some = at_once(GUESSERS, |index| {
            confirm(&nodes, index, id, &format!("{:06}", (first + index) * 97))
        });
        for status in some {
            *answers.entry(status).or_insert(0) += 1;
        }
    }
    let looked_at = answers.get(&401).copied().unwrap_or(0);
    report(
        "C6",
        &format!(
            "guesses at mailed codes sent / checked, of {} codes ({})",
            codes.len(),
            nodes.label()
        ),
        format!("{guesses} / {looked_at} ({answers:?})"),
        "at most 5 a code and 20 codes, none right",
        looked_at <= TRIES * codes.len()
            && codes.len() <= CODES
            && looked_at > 0
            && !answers.contains_key(&200),
    );
}

#[test]
fn a_mailed_code_signs_in_only_the_device_that_asked() {
    let nodes = Nodes::open(&[]);
    register(&nodes.setup, "Ana", ANA);
    let rounds = size(5, 2);
    let (mut elsewhere, mut here) = (0, 0);
    for round in 0..rounds {
        let ask = |turn: usize| -> Value {
            let wish = json!({ "email": ANA, "device_label": format!("device {turn}") });
            let asked = nodes.client(turn).post("/v1/sign-in-codes", &wish);
            asked.is(202).json()
        };
        let stranger = ask(round);
        next_code(&nodes);
        let owner = ask(round + 1);
        let code = next_code(&nodes);
        let wrong = confirm(&nodes, round, &text(&stranger["id"]), &code);
        elsewhere += usize::from(wrong != 401);
        let statuses = at_once(50, |index| {
            confirm(&nodes, index, &text(&owner["id"]), &code)
        });
        here += statuses.iter().filter(|status| **status == 200).count();
    }
    report(
        "C6",
        &format!(
            "mailed codes accepted from another device / from the device that asked, 50 at once, {rounds} codes ({})",
            nodes.label()
        ),
        format!("{elsewhere} / {here}"),
        &format!("0 / {rounds}"),
        (elsewhere, here) == (0, rounds),
    );
}

/// The code of the next mail that contains a code.
fn next_code(nodes: &Nodes) -> String {
    loop {
        let letter = Letter::read(&nodes.setup.mails.next_to(ANA, SOON));
        if letter.text.contains("Code: ") {
            return letter.code();
        }
    }
}

fn confirm(nodes: &Nodes, turn: usize, id: &str, code: &str) -> u16 {
    let path = format!("/v1/sign-in-codes/{id}/confirm");
    let confirmation = json!({ "code": code });
    nodes.client(turn).post(&path, &confirmation).status
}
