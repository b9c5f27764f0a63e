//! Refresh tokens that are stolen, or used fifty times at once. A session has at most one
//! valid refresh token, and a theft ends the session for thief and owner.

use std::fmt::Write;

use kith::platform::crypto::keys::sha256;
use serde_json::{Value, json};

use crate::figures::{report, size};
use crate::nodes::Nodes;
use crate::support::client::{Client, Reply};
use crate::support::people::{register, text};
use crate::wire::{Answer, at_once, post};

const ANA: &str = "ana@example.org";
const AT_ONCE: usize = 50;

#[test]
fn fifty_uses_of_one_refresh_token_leave_at_most_one_valid_token() {
    let nodes = Nodes::open(&[]);
    register(&nodes.setup, "Ana", ANA);
    // SQLite has one writer and one node, so that fewer rounds are enough.
    let rounds = size(
        if nodes.label().starts_with('2') {
            500
        } else {
            100
        },
        20,
    );
    let (mut most, mut renewed, mut refused_busy) = (0, 0, 0);
    let mut tokens = nodes.sign_in(0, ANA, &Value::Null);
    for round in 0..rounds {
        let body = json!({ "refresh_token": tokens["refresh_token"] });
        let answers = at_once(AT_ONCE, |index| {
            post(&nodes.client(round + index), "/v1/sessions/refresh", &body)
        });
        let (good, bad): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
        let busy = |answer: &&&Answer| answer.status == 503;
        renewed += good.len();
        refused_busy += bad.iter().filter(busy).count();
        let session = text(&tokens["session_id"]);
        let live = live_tokens(&nodes, &session);
        most = most.max(live.len());
        let answered = good.iter().map(|answer| answer.json());
        let survivor = answered
            .into_iter()
            .find(|tokens| live.contains(&hash_of(tokens)));
        tokens = match survivor {
            Some(tokens) if round % 10 != 9 => tokens,
            _ => nodes.sign_in(0, ANA, &Value::Null),
        };
    }
    report(
        "B3",
        &format!(
            "live refresh tokens a session after {AT_ONCE} parallel uses of one, {rounds} rounds ({})",
            nodes.label()
        ),
        format!("at most {most} ({renewed} answered 200, {refused_busy} answered 503)"),
        "at most 1",
        most <= 1 && renewed > rounds,
    );
}

#[test]
fn the_second_use_of_a_stolen_refresh_token_ends_the_session_for_both() {
    let nodes = Nodes::open(&[]);
    register(&nodes.setup, "Ana", ANA);
    let rounds = size(100, 5);
    let mut survived = 0;
    for round in 0..rounds {
        let stolen = nodes.sign_in(0, ANA, &Value::Null);
        // The first of the two uses the new tokens. Then the other renews at another node.
        let first = renew(&nodes.client(round), &stolen).is(200).json();
        let first_api = nodes.client(round).signed_in(&first);
        first_api.get("/v1/me").is(200);
        let second = renew(&nodes.client(round + 1), &stolen);
        let still_good = [
            second.status,
            renew(&nodes.client(round + 1), &first).status,
            first_api.at(nodes.address(round + 1)).get("/v1/me").status,
            first_api.get("/v1/me").status,
        ];
        survived += still_good.iter().filter(|status| **status != 401).count();
        // Tokens of a lost answer are used after all: that is a theft too.
        let lost = nodes.sign_in(0, ANA, &Value::Null);
        let thief = renew(&nodes.client(round), &lost).is(200).json();
        let owner = renew(&nodes.client(round + 1), &lost).is(200).json();
        let owner_api = nodes.client(round).signed_in(&owner);
        owner_api.get("/v1/me").is(200);
        let thief_api = nodes.client(round + 1).signed_in(&thief);
        let still_good = [
            thief_api.get("/v1/me").status,
            renew(&nodes.client(round), &thief).status,
            owner_api.get("/v1/me").status,
            renew(&nodes.client(round), &owner).status,
        ];
        survived += still_good.iter().filter(|status| **status != 401).count();
    }
    report(
        "B3",
        &format!(
            "uses let through after both thief and owner used a token, {} thefts ({})",
            2 * rounds,
            nodes.label()
        ),
        survived,
        "0",
        survived == 0,
    );
}

fn renew(client: &Client, tokens: &Value) -> Reply {
    let body = json!({ "refresh_token": tokens["refresh_token"] });
    client.post("/v1/sessions/refresh", &body)
}

/// The hash of a refresh token as the database stores it, in hexadecimal.
fn hash_of(tokens: &Value) -> String {
    let hash = sha256(text(&tokens["refresh_token"]).as_bytes());
    hash.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// The hashes of the refresh tokens of a session that are still valid.
fn live_tokens(nodes: &Nodes, session: &str) -> Vec<String> {
    let (hash, id, joined) = if nodes.setup.database.is_postgres() {
        (
            "encode(r.token_hash, 'hex')",
            format!("'{session}'"),
            "string_agg",
        )
    } else {
        let id = session.replace('-', "");
        (
            "lower(hex(r.token_hash))",
            format!("x'{id}'"),
            "group_concat",
        )
    };
    let query = format!(
        "SELECT coalesce({joined}({hash}, ' '), '') FROM refresh_tokens r \
         JOIN sessions s ON s.id = r.session_id \
         WHERE s.id = {id} AND s.ended_at IS NULL AND r.used_at IS NULL"
    );
    let hashes: String = nodes.setup.database.ask(&query);
    hashes.split_whitespace().map(str::to_owned).collect()
}
