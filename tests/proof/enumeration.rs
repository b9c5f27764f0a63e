//! No answer tells whether an address has an account: its body, its headers and its duration
//! are the same.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::{Value, json};

use crate::figures::{Comparison, millis, report, size};
use crate::nodes::Nodes;
use crate::support::client::Client;
use crate::support::clock::new_id;
use crate::support::people::{Circle, PASSWORD, register, text};
use crate::wire::{Answer, post};

/// The number of tries at one address without a wait, invitations included.
const TRIES_EACH: usize = 3;
const INVITER: &str = "ana@example.org";
const MOST_AUC: f64 = 0.05;
const MOST_GAP: f64 = 3.0;
/// A difference counts if it is larger than this number of standard errors.
const SURE: f64 = 3.5;

#[test]
fn no_answer_tells_whether_an_address_has_an_account() {
    let nodes = Nodes::open(&[]);
    let pairs = size(800, 100);
    let people = pairs.div_ceil(TRIES_EACH);
    let known = |number: usize| format!("known{}@example.org", number % people);
    let unknown = |number: usize| format!("unknown{}@example.org", number % people);
    for number in 0..people {
        register(&nodes.setup, "Somebody", &known(number));
    }
    let inviter = register(&nodes.setup, "Ana", INVITER);
    let circle = Circle::form(&nodes.setup, inviter);

    let anybody = |turn: usize| nodes.client(turn);
    let compare = |what: &str, ask: &dyn Fn(bool, usize) -> Answer| {
        // Earlier tries at an address must not influence the comparison.
        nodes.setup.database.change("DELETE FROM throttles");
        compare(&nodes, what, pairs, ask);
    };
    compare("signing in", &|is_known, number| {
        let email = if is_known {
            known(number)
        } else {
            unknown(number)
        };
        let guess = json!({ "email": email, "password": "a wrong guess" });
        post(&anybody(number), "/v1/sessions", &guess)
    });
    let ids = std::cell::RefCell::new([Vec::new(), Vec::new()]);
    compare("registering", &|is_known, number| {
        let new = format!("new{number}@example.org");
        let wish = json!({
            "email": if is_known { known(number) } else { new }, "password": PASSWORD,
            "name": "Somebody", "time_zone": "Europe/Berlin",
        });
        let answer = post(&anybody(number), "/v1/registrations", &wish);
        ids.borrow_mut()[usize::from(is_known)].push(text(&answer.json()["id"]));
        answer
    });
    compare("asking for a new code", &|is_known, number| {
        let id = &ids.borrow()[usize::from(is_known)][number];
        let path = format!("/v1/registrations/{id}/resend");
        post(&anybody(number), &path, &Value::Null)
    });
    compare("a forgotten password", &|is_known, number| {
        let email = if is_known {
            known(number)
        } else {
            unknown(number)
        };
        post(
            &anybody(number),
            "/v1/password-resets",
            &json!({ "email": email }),
        )
    });
    compare("a code to sign in with", &|is_known, number| {
        let email = if is_known {
            known(number)
        } else {
            unknown(number)
        };
        let wish = json!({ "email": email });
        post(&anybody(number), "/v1/sign-in-codes", &wish)
    });
    // This operation needs a sign-in of the last ten minutes.
    let credentials = json!({ "email": INVITER, "password": PASSWORD });
    let outcome = anybody(0).post("/v1/sessions", &credentials).is(200).json();
    let recent = anybody(0).signed_in(&outcome["session"]);
    compare("moving to another address", &|is_known, number| {
        let email = if is_known {
            known(number)
        } else {
            unknown(number)
        };
        let mover = recent.at(nodes.address(number));
        post(&mover, "/v1/me/email-changes", &json!({ "email": email }))
    });
    let invite = format!("{}/invitations", circle.path);
    let founder = |turn: usize| -> Client { circle.founder.at(nodes.address(turn)) };
    compare("inviting", &|is_known, number| {
        let email = if is_known {
            known(number)
        } else {
            unknown(number)
        };
        let wish = json!({ "id": new_id(), "email": email, "access": "helper" });
        post(&founder(number), &invite, &wish)
    });
}

/// Asks about known and unknown addresses in a shuffled order.
fn compare(nodes: &Nodes, what: &str, pairs: usize, ask: &dyn Fn(bool, usize) -> Answer) {
    let mut numbers = [0, 0];
    let mut times = [Vec::new(), Vec::new()];
    let mut looks = BTreeSet::new();
    for is_known in shuffled(pairs) {
        let which = usize::from(is_known);
        let answer = ask(is_known, numbers[which]);
        numbers[which] += 1;
        looks.insert(masked(&answer));
        times[which].push(millis(answer.took));
    }
    if looks.len() > 1 {
        println!("{looks:#?}");
    }
    report(
        "A6",
        &format!(
            "different answers about known and unknown addresses, {what}, {pairs} pairs ({})",
            nodes.label()
        ),
        looks.len(),
        "1",
        looks.len() == 1,
    );
    let [unknown, known] = &times;
    let found = Comparison::of(unknown, known);
    let auc = MOST_AUC.max(SURE * found.auc_noise);
    let gap = MOST_GAP.max(SURE * found.gap_noise);
    report(
        "A6",
        &format!("enumeration by time, {what} ({})", nodes.label()),
        format!(
            "AUC {:.3}, medians {:+.2} ms apart",
            found.auc, found.median_gap
        ),
        &format!("AUC {:.2} to {:.2}, {gap:.1} ms", 0.5 - auc, 0.5 + auc),
        (found.auc - 0.5).abs() <= auc && found.median_gap.abs() <= gap,
    );
}

/// Equally many true and false values, in the same shuffled order in every run.
fn shuffled(pairs: usize) -> Vec<bool> {
    let mut order: Vec<_> = (0..2 * pairs).map(|index| index % 2 == 0).collect();
    let mut state: u64 = 0x2545_f491_4f6c_dd1d;
    for index in (1..order.len()).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let bound = u64::try_from(index).unwrap() + 1;
        order.swap(index, usize::try_from((state >> 33) % bound).unwrap());
    }
    order
}

/// The answer without the values that differ between any two answers.
fn masked(answer: &Answer) -> String {
    let mut head: Vec<_> = answer.head.lines().map(str::to_lowercase).collect();
    head.sort();
    let all = format!("{}\n\n{}", head.join("\n"), answer.body);
    let mask = |text: String, pattern: &str, mask: &str| {
        let pattern = Regex::new(pattern).unwrap();
        pattern.replace_all(&text, mask).into_owned()
    };
    let all = mask(all, "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID");
    let all = mask(all, r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME");
    let all = mask(all, "(known|unknown|new)[0-9]+@", "WHO@");
    let all = mask(all, "(?m)^content-length: .*$", "content-length: N");
    mask(all, "(?m)^(date|etag): .*$", "$1: X")
}
