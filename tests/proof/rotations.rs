//! Signing keys of access tokens are replaced while people work, and revoked at once.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::figures::{millis, report, size};
use crate::nodes::Nodes;
use crate::support::clock::until;
use crate::support::people::register;

const ANA: &str = "ana@example.org";
const CLIENTS: usize = 4;

/// Runs `kith admin` while the servers run and returns the first key in its output.
fn admin(nodes: &Nodes, words: &[&str]) -> String {
    let output = nodes.setup.command("admin").args(words).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    said.split_whitespace().next().unwrap().to_owned()
}

#[test]
fn keys_are_replaced_under_load_and_revoked_within_a_second() {
    let nodes = Nodes::open(&[]);
    register(&nodes.setup, "Ana", ANA);
    let first = nodes.sign_in(0, ANA, &Value::Null);
    let device = &first["device_token"];
    let rotations = size(20, 4);
    let (over, asked, failed) = (
        AtomicBool::new(false),
        AtomicUsize::new(0),
        AtomicUsize::new(0),
    );
    let work = |index: usize| {
        let mut tokens = nodes.sign_in(index, ANA, device);
        for turn in 0.. {
            if over.load(Ordering::Relaxed) {
                break;
            }
            let client = nodes.client(turn).signed_in(&tokens);
            let mut statuses = vec![client.get("/v1/me").status];
            if turn % 5 == 4 {
                let refresh = json!({ "refresh_token": tokens["refresh_token"] });
                let reply = nodes
                    .client(turn + 1)
                    .post("/v1/sessions/refresh", &refresh);
                statuses.push(reply.status);
                tokens = reply.json();
            }
            asked.fetch_add(statuses.len(), Ordering::Relaxed);
            let wrong = statuses.into_iter().filter(|status| *status != 200);
            failed.fetch_add(wrong.count(), Ordering::Relaxed);
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..CLIENTS)
            .map(|index| scope.spawn(move || work(index)))
            .collect();
        for round in 1..=rotations {
            admin(&nodes, &["rotate-keys", "--now"]);
            let enough = round * 20;
            let worked = || asked.load(Ordering::Relaxed) >= enough;
            until(
                Duration::from_mins(1),
                "some requests with each key",
                worked,
            );
        }
        over.store(true, Ordering::Relaxed);
        for worker in workers {
            worker.join().unwrap();
        }
    });
    let (asked, failed) = (asked.into_inner(), failed.into_inner());
    report(
        "B5",
        &format!(
            "requests failed during {rotations} changes of the signing key ({})",
            nodes.label()
        ),
        format!("{failed} of {asked}"),
        "0",
        failed == 0,
    );

    let key = admin(&nodes, &["rotate-keys", "--now"]);
    let client = nodes.client(0).signed_in(&nodes.sign_in(0, ANA, device));
    let nodes_refuse = |turn| client.at(nodes.address(turn)).get("/v1/me").status == 401;
    assert!((0..2).all(|turn| !nodes_refuse(turn)));
    admin(&nodes, &["revoke-key", &key]);
    let begun = Instant::now();
    until(Duration::from_secs(10), "a refusal everywhere", || {
        (0..2).all(nodes_refuse)
    });
    let delay = millis(begun.elapsed());
    report(
        "B5",
        &format!(
            "until a revoked key is refused everywhere ({})",
            nodes.label()
        ),
        format!("{delay:.0} ms"),
        "1000 ms",
        delay <= 1000.0,
    );
}
