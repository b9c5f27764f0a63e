//! Links in mails: each works once, even for concurrent uses, and for its purpose only. A
//! program that only opens the page does not use it up. Links are built from the settings,
//! whatever the headers of a request say.

use std::collections::BTreeMap;

use regex::Regex;
use serde_json::json;

use crate::figures::{report, size};
use crate::nodes::Nodes;
use crate::support::client::Client;
use crate::support::mail::Letter;
use crate::support::people::{Circle, PASSWORD, SOON, ask_for_account, register};
use crate::wire::{at_once, exchange};

const AT_ONCE: usize = 50;
const A_NEW_PASSWORD: &str = "eleven grey geese in a field";
const ANA: &str = "ana@example.org";
const CEM: &str = "cem@example.org";

#[test]
fn only_one_of_fifty_concurrent_uses_of_a_mailed_token_succeeds() {
    let nodes = Nodes::open(&[]);
    let circle = Circle::form(&nodes.setup, register(&nodes.setup, "Ana", ANA));
    let rounds = size(10, 2);
    let mut successes = BTreeMap::new();
    let mut busy = 0;
    // A second press is told that it is done. So the test counts the effects.
    let mut redeem =
        |purpose, use_it: &(dyn Fn(usize) -> u16 + Sync), came: &dyn Fn(&[u16]) -> usize| {
            let answers = at_once(AT_ONCE, use_it);
            for status in &answers {
                let known = matches!(status, 200 | 201 | 204 | 409 | 410 | 429 | 503);
                assert!(known, "{purpose}: {answers:?}");
            }
            busy += answers
                .iter()
                .filter(|status| matches!(**status, 429 | 503))
                .count();
            successes
                .entry(purpose)
                .or_insert_with(Vec::new)
                .push(came(&answers));
        };
    let of_status = |wanted: u16| {
        move |answers: &[u16]| answers.iter().filter(|status| **status == wanted).count()
    };
    let accounts_of = |email: &str| {
        let asked = format!("SELECT count(*) FROM users WHERE email = '{email}'");
        usize::try_from(nodes.setup.database.ask::<i64>(&asked)).unwrap()
    };
    let resets = || {
        let asked = "SELECT count(*) FROM security_events WHERE kind = 'password_reset'";
        usize::try_from(nodes.setup.database.ask::<i64>(asked)).unwrap()
    };
    for round in 0..rounds {
        let new = format!("new{round}@example.org");
        let path = verification(&nodes, &new);
        let press = |index: usize| nodes.client(index).submit(&path, "").status;
        redeem("verification", &press, &|_| accounts_of(&new));

        let token = token_of(&reset(&nodes, ANA)).to_owned();
        let new = json!({ "token": token, "password": A_NEW_PASSWORD });
        let confirm = "/v1/password-resets/confirm";
        let press = |index: usize| nodes.client(index).post(confirm, &new).status;
        let before = resets();
        redeem("reset", &press, &|_| resets() - before);
        // The password reset has ended Ana's sessions.
        let credentials = json!({ "email": ANA, "password": A_NEW_PASSWORD });
        let outcome = nodes.client(0).post("/v1/sessions", &credentials).is(200);
        let ana = nodes.client(0).signed_in(&outcome.json()["session"]);

        let email = format!("invited{round}@example.org");
        let wish = json!({ "email": email, "access": "helper" });
        ana.post(&format!("{}/invitations", circle.path), &wish)
            .is(201);
        let letter = Letter::read(&nodes.setup.mails.next_to(&email, SOON));
        let person = json!({
            "token": token_of(&letter.link_to("invitation")), "name": "Somebody",
            "password": PASSWORD, "time_zone": "Europe/Berlin",
        });
        let register = "/v1/invitations/register";
        let press = |index: usize| nodes.client(index).post(register, &person).status;
        redeem("invitation", &press, &of_status(201));
    }
    let most = successes.values().flatten().max().copied();
    let fewest = successes.values().flatten().min().copied();
    report(
        "C1",
        &format!(
            "effects of {AT_ONCE} parallel uses of a mailed token, {} tokens of 3 purposes ({})",
            3 * rounds,
            nodes.label()
        ),
        format!(
            "{} to {} ({busy} answered 429 or 503)",
            fewest.unwrap(),
            most.unwrap()
        ),
        "exactly 1",
        (fewest, most) == (Some(1), Some(1)),
    );
}

#[test]
fn a_mailed_token_serves_one_purpose_and_opening_the_page_does_not_use_it() {
    let nodes = Nodes::open(&[]);
    let circle = Circle::form(&nodes.setup, register(&nodes.setup, "Ana", ANA));
    let verification = verification(&nodes, "new@example.org");
    // A new password would cancel the change of address of the same account.
    register(&nodes.setup, "Cem", CEM);
    let reset = reset(&nodes, CEM);
    let invitation = circle.invite("invited@example.org").link_to("invitation");
    let invitation = nodes.setup.path_of(&invitation).to_owned();
    let (move_on, move_back) = moves(&nodes, &circle.founder);
    let links = [
        ("verify", &verification),
        ("reset", &reset),
        ("invitation", &invitation),
        ("confirm-email", &move_on),
        ("undo-email", &move_back),
    ];

    let (mut tried, mut accepted) = (0, 0);
    for (purpose, link) in links {
        for _ in 0..10 {
            for method in ["GET", "HEAD"] {
                let client = nodes.client(tried);
                let look = client.write_request(method, link, "", "");
                assert_eq!(exchange(client.connect().unwrap(), &look).status, 200);
            }
        }
        for (operation, status) in other_operations(&nodes, purpose, token_of(link), &circle) {
            tried += 1;
            accepted += usize::from(status != 410);
            assert!(
                matches!(status, 410 | 422),
                "{purpose} at {operation}: {status}"
            );
        }
    }
    report(
        "C1",
        &format!(
            "operations tried with a token of another purpose / accepted ({})",
            nodes.label()
        ),
        format!("{tried} / {accepted}"),
        "0 accepted",
        accepted == 0,
    );

    nodes.client(1).submit(&verification, "").is(200);
    let form = format!("password={}", A_NEW_PASSWORD.replace(' ', "+"));
    nodes.client(1).submit(&reset, &form).is(200);
    let form = format!(
        "name=Bo&password={}&time_zone=Asia/Tokyo",
        PASSWORD.replace(' ', "+")
    );
    nodes.client(1).submit(&invitation, &form).is(200);
    nodes.client(1).submit(&move_on, "").is(200);
    nodes.client(1).submit(&move_back, "").is(200);
    // The links are used up: pages that say so answer 200, and a new password needs a new link.
    for (purpose, link) in links {
        let expected = if purpose == "reset" { 410 } else { 200 };
        nodes.client(0).submit(link, "password=x").is(expected);
    }
}

/// The paths of two links: one changes the address of an account, the other undoes the change
/// of another account.
fn moves(nodes: &Nodes, ana: &Client) -> (String, String) {
    let ask = |somebody: &Client, email: &str| {
        let asked = somebody.post("/v1/me/email-changes", &json!({ "email": email }));
        asked.is(202);
        letter_with(nodes, email, "confirm-email")
    };
    let ben = register(&nodes.setup, "Ben", "ben@example.org");
    let his = ask(&ben, "ben.moved@example.org");
    nodes.client(0).submit(&his, "").is(200);
    let move_back = letter_with(nodes, "ben@example.org", "undo-email");
    (ask(ana, "ana.moved@example.org"), move_back)
}

/// The statuses of all operations that are not for the purpose of this token.
fn other_operations(
    nodes: &Nodes,
    purpose: &str,
    token: &str,
    circle: &Circle,
) -> Vec<(String, u16)> {
    let mut answers = Vec::new();
    let anybody = nodes.client(1);
    for page in [
        "verify",
        "reset",
        "invitation",
        "confirm-email",
        "undo-email",
        "unsubscribe",
    ] {
        if page != purpose {
            let path = format!("/{page}?token={token}");
            let form = format!("password={}", A_NEW_PASSWORD.replace(' ', "+"));
            answers.push((format!("GET {page}"), anybody.get(&path).status));
            answers.push((format!("POST {page}"), anybody.submit(&path, &form).status));
        }
    }
    if purpose != "reset" {
        let body = json!({ "token": token, "password": A_NEW_PASSWORD });
        let path = "/v1/password-resets/confirm";
        answers.push((path.to_owned(), anybody.post(path, &body).status));
    }
    let bare = json!({ "token": token });
    for (its_purpose, path) in [
        ("confirm-email", "/v1/email-changes/confirm"),
        ("undo-email", "/v1/email-changes/undo"),
    ] {
        if purpose != its_purpose {
            answers.push((path.to_owned(), anybody.post(path, &bare).status));
        }
    }
    if purpose != "invitation" {
        let path = "/v1/invitations/preview";
        answers.push((path.to_owned(), anybody.post(path, &bare).status));
        let path = "/v1/invitations/accept";
        answers.push((path.to_owned(), circle.founder.post(path, &bare).status));
        let path = "/v1/invitations/decline";
        answers.push((path.to_owned(), anybody.post(path, &bare).status));
        let person = json!({
            "token": token, "name": "Eve", "password": PASSWORD, "time_zone": "Europe/Berlin",
        });
        let path = "/v1/invitations/register";
        answers.push((path.to_owned(), anybody.post(path, &person).status));
    }
    answers
}

#[test]
fn no_request_header_changes_where_a_mailed_link_leads() {
    let nodes = Nodes::open(&[]);
    register(&nodes.setup, "Ana", ANA);
    let public = format!("http://{}/", nodes.setup.address);
    let link = Regex::new(r#"https?://[^\s"<>]+"#).unwrap();
    let (mut links, mut changed, mut mailed) = (0, 0, 0);
    let forgeries = forgeries();
    for (number, forged) in forgeries.iter().enumerate() {
        let email = format!("forged{number}@example.org");
        let wish = json!({
            "email": email, "password": PASSWORD, "name": "Eve", "time_zone": "Europe/Berlin",
        });
        let client = nodes.client(number);
        let plain = client.write_request(
            "POST",
            "/v1/registrations",
            "application/json",
            &wish.to_string(),
        );
        let answer = exchange(client.connect().unwrap(), &forge(&plain, forged));
        if answer.status == 400 {
            continue;
        }
        assert_eq!(answer.status, 202, "{forged:?}: {}", answer.body);
        assert!(!answer.head.contains("evil") && !answer.body.contains("evil"));
        mailed += 1;
        let letter = Letter::read(&nodes.setup.mails.next_to(&email, SOON));
        let everything = letter.everything();
        for found in link.find_iter(&everything) {
            links += 1;
            changed += usize::from(!found.as_str().starts_with(&public));
        }
        assert!(!everything.contains("evil"), "{forged:?}");
    }
    report(
        "C4",
        &format!(
            "forged sets of headers / mails / links / changed links ({})",
            nodes.label()
        ),
        format!("{} / {mailed} / {links} / {changed}", forgeries.len()),
        "0 changed",
        changed == 0 && mailed >= 15 && links >= 2 * mailed,
    );
}

/// Headers that claim another host. A line `host: …` replaces the true host. A line that is a
/// URL replaces the target of the request.
fn forgeries() -> Vec<Vec<&'static str>> {
    vec![
        vec!["host: evil.example"],
        vec!["host: evil.example:443"],
        vec!["host: EVIL.example."],
        vec!["host: localhost.evil.example"],
        vec!["host: evil.example", "x-forwarded-host: evil.example"],
        vec!["x-forwarded-host: evil.example"],
        vec!["x-forwarded-host: evil.example, evil2.example"],
        vec!["x-forwarded-host: evil.example", "x-forwarded-proto: https"],
        vec!["x-forwarded-proto: javascript"],
        vec!["x-forwarded-port: 666", "x-forwarded-server: evil.example"],
        vec!["x-forwarded-prefix: //evil.example/"],
        vec!["forwarded: for=127.0.0.1;host=evil.example;proto=https"],
        vec!["forwarded: host=\"evil.example\""],
        vec!["x-host: evil.example", "x-http-host-override: evil.example"],
        vec!["x-original-host: evil.example"],
        vec![
            "x-original-url: http://evil.example/",
            "x-rewrite-url: //evil.example/",
        ],
        vec!["origin: https://evil.example"],
        vec!["referer: https://evil.example/verify"],
        vec!["http://evil.example/v1/registrations"],
        vec!["http://evil.example/v1/registrations", "host: evil.example"],
        vec!["x-forwarded-for: 203.0.113.9", "via: 1.1 evil.example"],
    ]
}

fn forge(request: &str, lines: &[&str]) -> String {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let mut head: Vec<_> = head.split("\r\n").map(str::to_owned).collect();
    for line in lines {
        if line.starts_with("http://") {
            head[0] = format!("POST {line} HTTP/1.1");
        } else if line.starts_with("host: ") {
            (*line).clone_into(&mut head[1]);
        } else {
            head.push((*line).to_owned());
        }
    }
    format!("{}\r\n\r\n{body}", head.join("\r\n"))
}

/// The path of a link that confirms an address.
fn verification(nodes: &Nodes, email: &str) -> String {
    ask_for_account(&nodes.setup, "Somebody", email);
    let letter = Letter::read(&nodes.setup.mails.next_to(email, SOON));
    nodes.setup.path_of(&letter.link_to("verify")).to_owned()
}

/// The path of a link to reset a password.
fn reset(nodes: &Nodes, email: &str) -> String {
    let forgotten = json!({ "email": email });
    nodes
        .client(0)
        .post("/v1/password-resets", &forgotten)
        .is(202);
    letter_with(nodes, email, "reset")
}

/// The path of the link to a page, from the next mail to an address that has such a link.
fn letter_with(nodes: &Nodes, email: &str, page: &str) -> String {
    loop {
        let letter = Letter::read(&nodes.setup.mails.next_to(email, SOON));
        if letter.text.contains(&format!("/{page}?token=")) {
            return nodes.setup.path_of(&letter.link_to(page)).to_owned();
        }
    }
}

fn token_of(link: &str) -> &str {
    let (_, token) = link.split_once("token=").unwrap();
    token
}
