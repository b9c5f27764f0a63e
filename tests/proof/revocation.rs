//! Access that is revoked on one node is refused by the other node at the next request.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::figures::{millis, report, size};
use crate::nodes::Nodes;
use crate::support::client::Client;
use crate::support::clock::new_id;
use crate::support::people::{Circle, register, some_task, text};

const BEN: &str = "ben@example.org";

/// Counts and times the refusals.
#[derive(Default)]
struct Watch {
    trials: usize,
    let_through: usize,
    worst: Duration,
}

impl Watch {
    /// Revokes something, then asks once: the answer must be the refusal.
    fn trial(&mut self, revoke: impl FnOnce(), ask: impl FnOnce() -> u16, refusal: u16) {
        revoke();
        let begun = Instant::now();
        let status = ask();
        self.worst = self.worst.max(begun.elapsed());
        self.trials += 1;
        self.let_through += usize::from(status != refusal);
    }
}

#[test]
fn access_revoked_on_one_node_is_refused_by_the_other_at_once() {
    let nodes = Nodes::open(&[]);
    let circle = Circle::form(
        &nodes.setup,
        register(&nodes.setup, "Ana", "ana@example.org"),
    );
    let ben = circle.welcome("Ben", BEN, "Europe/Berlin");
    let (here, there) = (nodes.address(0), nodes.address(1));
    let ana = circle.founder.at(here);
    let member = format!("{}/members/{}", circle.path, ben.member_id);
    let each = size(200, 10);
    let mut watch = Watch::default();

    let first = nodes.sign_in(0, BEN, &Value::Null);
    let device = &first["device_token"];
    let other = nodes.client(0).signed_in(&nodes.sign_in(0, BEN, device));
    for _ in 0..each {
        let tokens = nodes.sign_in(0, BEN, device);
        let session = nodes.client(0).signed_in(&tokens);
        session.at(there).get("/v1/me").is(200);
        let sign_out = || drop(session.press("/v1/sessions/sign-out").is(204));
        watch.trial(sign_out, || profile(&session.at(there)), 401);
    }
    for _ in 0..each {
        let tokens = nodes.sign_in(0, BEN, device);
        let session = nodes.client(0).signed_in(&tokens);
        session.at(there).get("/v1/me").is(200);
        let path = format!("/v1/me/sessions/{}", text(&tokens["session_id"]));
        let revoke = || drop(other.delete(&path).is(204));
        watch.trial(revoke, || profile(&session.at(there)), 401);
    }

    let elsewhere = ben.api.at(there);
    let propose = || {
        let task = some_task(new_id());
        elsewhere.post(&circle.tasks(), &task).status
    };
    let set_access = |access: &str| drop(ana.patch(&member, &json!({ "access": access })).is(200));
    for _ in 0..each {
        assert_eq!(propose(), 201);
        watch.trial(|| set_access("viewer"), propose, 403);
        set_access("helper");
    }

    let database = &nodes.setup.database;
    let look = || elsewhere.get(&circle.path).status;
    for _ in 0..each {
        assert_eq!(look(), 200);
        let remove = || drop(ana.post(&format!("{member}/remove"), &json!({})).is(200));
        watch.trial(remove, look, 404);
        let back = "UPDATE memberships SET state = 'active' WHERE state = 'removed'";
        assert_eq!(database.change(back), 1);
    }

    let set_state = |state: &str| {
        let statement = format!("UPDATE users SET state = '{state}' WHERE email = '{BEN}'");
        assert_eq!(database.change(&statement), 1);
    };
    for _ in 0..each {
        assert_eq!(profile(&elsewhere), 200);
        watch.trial(|| set_state("disabled"), || profile(&elsewhere), 401);
        set_state("active");
    }

    report(
        "B2",
        &format!(
            "next requests let through after sign-out, revoking, lower access, removal, disabling ({})",
            nodes.label()
        ),
        format!(
            "{} of {}; worst delay until the refusal {:.0} ms",
            watch.let_through,
            watch.trials,
            millis(watch.worst)
        ),
        "0",
        watch.let_through == 0,
    );
}

fn profile(client: &Client) -> u16 {
    client.get("/v1/me").status
}
