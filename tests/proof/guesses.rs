//! Guessing a password from many addresses for one hour while its owner keeps signing in. The
//! test moves the times of the counters back, which has the same effect as a passing hour.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use crate::figures::report;
use crate::nodes::Nodes;
use crate::support::people::{PASSWORD, register};
use crate::wire::{Answer, at_once, connect_from, exchange, write_post};

const ANA: &str = "ana@example.org";
const ROUNDS: usize = 250;
const AT_ONCE: usize = 4;
const ADDRESSES: usize = 200;
const HOUR: usize = 3600;
const OWNERS_ADDRESS: Ipv4Addr = Ipv4Addr::new(127, 0, 2, 1);
const VERIFIED: &str = "password_verifications_total";

#[test]
fn only_twenty_of_a_thousand_guesses_an_hour_are_checked_and_the_owner_signs_in() {
    let nodes = Nodes::open(&[("TRIES_PER_MINUTE", "10")]);
    register(&nodes.setup, "Ana", ANA);
    let own =
        |device: &Value| json!({ "email": ANA, "password": PASSWORD, "device_token": device });
    let from_own = |turn, body: &Value| post_from(&nodes, OWNERS_ADDRESS, turn, body);
    let first = from_own(0, &own(&Value::Null));
    assert_eq!(first.status, 200, "{}", first.body);
    let device = &first.json()["session"]["device_token"];

    let before = nodes.counted(VERIFIED);
    let (mut answered, mut owner) = (0, (0, 0));
    for round in 0..ROUNDS {
        let answers = at_once(AT_ONCE, |index| {
            let number = round * AT_ONCE + index;
            let guess = json!({ "email": ANA, "password": format!("a wrong guess {number}") });
            post_from(&nodes, address_of(number), number, &guess)
        });
        for answer in &answers {
            assert!(matches!(answer.status, 401 | 429), "{}", answer.body);
        }
        answered += answers.iter().filter(|answer| answer.status == 401).count();
        if round % 10 == 0 {
            owner.0 += 1;
            owner.1 += usize::from(from_own(round, &own(device)).status == 200);
        }
        let_pass(&nodes, HOUR * 1000 / ROUNDS);
    }
    let by_the_owner = u64::try_from(owner.0).unwrap();
    let hashed = nodes.counted(VERIFIED) - before - by_the_owner;
    let sent = ROUNDS * AT_ONCE;
    report(
        "A5",
        &format!(
            "guesses sent / verified, from {ADDRESSES} addresses in one hour ({})",
            nodes.label()
        ),
        format!("{sent} / {hashed} ({answered} answered 401)"),
        "at most 20 verified",
        hashed <= 20 && hashed > 5,
    );
    report(
        "A5",
        &format!(
            "sign-ins by the owner's known device meanwhile ({})",
            nodes.label()
        ),
        format!("{} of {}", owner.1, owner.0),
        "all",
        owner.0 == owner.1,
    );
}

fn address_of(number: usize) -> Ipv4Addr {
    let last = u8::try_from(number % ADDRESSES + 1).unwrap();
    Ipv4Addr::new(127, 0, 1, last)
}

fn post_from(nodes: &Nodes, source: Ipv4Addr, turn: usize, body: &Value) -> Answer {
    let stream = connect_from(source, nodes.address(turn));
    exchange(
        stream,
        &write_post(&nodes.client(turn), "/v1/sessions", body),
    )
}

/// Lets time pass for all counters.
fn let_pass(nodes: &Nodes, milliseconds: usize) {
    #[expect(clippy::cast_precision_loss, reason = "less than an hour")]
    let seconds = milliseconds as f64 / 1000.0;
    let database = &nodes.setup.database;
    let earlier = if database.is_postgres() {
        format!("until - interval '{seconds} seconds'")
    } else {
        format!("strftime('%Y-%m-%dT%H:%M:%f', until, '-{seconds} seconds') || '+00:00'")
    };
    database.change(&format!("UPDATE throttles SET until = {earlier}"));
}
