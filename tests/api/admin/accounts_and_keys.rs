//! The commands of an operator for accounts and keys. They show nothing that people have written.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use chrono::TimeDelta;
use kith::admin::{self, AdminCommand, Resealed, check_secret_key, reseal};
use kith::api;
use kith::app::App;
use kith::auth::signing::{Rotation, prepare, rotate};
use kith::entity::personal_access_token::TokenScope::TasksRead;
use kith::entity::signing_key;
use kith::platform::crypto::keys::Keys;
use kith::platform::crypto::sealed::SEALED;
use regex::Regex;
use sea_orm::EntityTrait;
use secrecy::SecretString;
use serde_json::json;
use tower::ServiceExt;

use crate::contract::matrix::make_token;
use crate::harness::figures::report;
use crate::harness::{PASSWORD, Person, TestApp};
use crate::structure::{rust_files, source_folders};

async fn run(app: &TestApp, command: AdminCommand) -> String {
    admin::run(&app.app, command).await.unwrap()
}

async fn refused(app: &TestApp, command: AdminCommand) -> String {
    let error = admin::run(&app.app, command).await.unwrap_err();
    error.to_string()
}

async fn sign_in(app: &std::sync::Arc<TestApp>, person: &Person) -> u16 {
    let credentials = json!({ "email": person.email, "password": PASSWORD });
    let reply = app.anybody().post("/v1/sessions", credentials).await;
    app.mails().await;
    reply.status.as_u16()
}

#[tokio::test]
async fn the_list_of_accounts_shows_only_addresses_and_numbers() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let canary = json!({ "name": "Canary", "patient_name": "Canary", "alias": "Canary" });
    ana.patch("", canary).await.is(200);
    ana.task(json!({ "title": "Canary", "notes": "Canary" }))
        .await;
    make_token(&ana, ana.circle_id(), &[TasksRead]).await;
    app.advance(TimeDelta::minutes(1));
    ben.act("/v1/sessions/sign-out").await.is(204);

    let list = run(&app, AdminCommand::ListAccounts).await;
    assert!(
        !list.contains("Canary") && !list.contains("Ana Test"),
        "{list}"
    );
    let ids = Regex::new(r"(?m)^[0-9a-f-]{36}\t").unwrap();
    insta::assert_snapshot!(ids.replace_all(&list, "ID\t"), @r"
    id	email	state	created	last used	sessions	tokens	circles
    ID	ana@test.example	active	2026-12-01T08:00:00Z	2026-12-01T08:00:00Z	1	1	1
    ID	ben@test.example	active	2026-12-01T08:00:00Z	2026-12-01T08:00:00Z	0	0	1
    ");
}

#[tokio::test]
async fn a_disabled_account_is_signed_out_and_cannot_sign_in_until_it_is_enabled() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let (_, token) = make_token(&ben, ben.circle_id(), &[TasksRead]).await;
    let account = || "BEN@test.example".to_owned();
    let disable = || AdminCommand::Disable { account: account() };
    let enable = || AdminCommand::Enable { account: account() };
    let printed = run(&app, disable()).await;
    assert!(
        printed.ends_with("is disabled and signed out everywhere"),
        "{printed}"
    );
    ben.get("/v1/me").await.is_problem(401, "invalid_token");
    token.get("/tasks").await.is_problem(401, "invalid_token");
    let refresh = json!({ "refresh_token": ben.tokens["refresh_token"] });
    let refresh = app.anybody().post("/v1/sessions/refresh", refresh).await;
    refresh.is_problem(401, "invalid_token");
    assert_eq!(sign_in(&app, &ben).await, 401);
    ana.get("/v1/me").await.is(200);
    assert_eq!(
        refused(&app, disable()).await,
        "This account is already disabled."
    );

    run(&app, enable()).await;
    ben.get("/v1/me").await.is_problem(401, "invalid_token");
    token.get("/tasks").await.is_problem(401, "invalid_token");
    assert_eq!(sign_in(&app, &ben).await, 200);
    assert_eq!(
        refused(&app, enable()).await,
        "This account is not disabled."
    );
    let account = "nobody@test.example".to_owned();
    assert_eq!(
        refused(&app, AdminCommand::Disable { account }).await,
        "there is no such account or key"
    );
    let events = ben
        .later()
        .await
        .get("/v1/me/security-events")
        .await
        .is(200);
    let kinds: Vec<_> = events["data"].as_array().unwrap().iter().collect();
    let kinds: Vec<_> = kinds
        .iter()
        .filter_map(|event| event["kind"].as_str())
        .collect();
    assert!(
        kinds.contains(&"disabled_by_operator") && kinds.contains(&"enabled_by_operator"),
        "{kinds:?}"
    );
}

#[tokio::test]
async fn an_account_scheduled_for_deletion_can_be_disabled_and_is_still_erased() {
    let app = TestApp::start().await;
    let [_ana, ben] = app.circle(["coordinator", "helper"]).await;
    let account = || "ben@test.example".to_owned();
    ben.put("/v1/me/deletion").await.is(200);
    app.mails().await;
    run(&app, AdminCommand::Disable { account: account() }).await;
    assert_eq!(sign_in(&app, &ben).await, 401);
    run(&app, AdminCommand::Enable { account: account() }).await;
    let reading = ben.later().await;
    assert_ne!(
        reading.get("/v1/me").await.is(200)["deletion_scheduled_for"],
        json!(null)
    );
    let deleting = reading.patch("/v1/me", json!({ "name": "B" })).await;
    deleting.is_problem(409, "account_deletion_scheduled");
    run(&app, AdminCommand::Disable { account: account() }).await;
    app.advance(kith::privacy::GRACE);
    let erased = kith::privacy::erase_due(&app.app).await;
    assert_eq!(erased.unwrap(), 1);
    app.mails().await;
}

#[tokio::test]
async fn signing_an_account_out_revokes_its_tokens_only_if_asked() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let (_, token) = make_token(&ben, ben.circle_id(), &[TasksRead]).await;
    let second = ben.later().await;
    let me = ben.get("/v1/me").await.is(200);
    let account = || me["id"].as_str().unwrap().to_owned();
    let command = AdminCommand::SignOut {
        account: account(),
        tokens: false,
    };
    let printed = run(&app, command).await;
    assert!(
        printed.ends_with("is signed out; 0 personal access tokens were revoked"),
        "{printed}"
    );
    ben.get("/v1/me").await.is_problem(401, "invalid_token");
    second.get("/v1/me").await.is_problem(401, "invalid_token");
    token.get("/tasks").await.is(200);
    let command = AdminCommand::SignOut {
        account: account(),
        tokens: true,
    };
    let printed = run(&app, command).await;
    assert!(
        printed.ends_with("; 1 personal access tokens were revoked"),
        "{printed}"
    );
    token.get("/tasks").await.is_problem(401, "invalid_token");
    ana.get("/v1/me").await.is(200);
    app.mails().await;
}

#[tokio::test]
async fn commands_rotate_and_revoke_signing_keys() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let published = async || {
        let keys = ana.get("/.well-known/jwks.json").await.is(200);
        keys["keys"].as_array().unwrap().clone()
    };
    let first = published().await[0]["kid"].as_str().unwrap().to_owned();
    let printed = run(&app, AdminCommand::RotateKeys { now: false }).await;
    assert!(printed.ends_with("starting in a day"), "{printed}");
    let printed = run(&app, AdminCommand::RotateKeys { now: true }).await;
    assert!(printed.ends_with("starting now"), "{printed}");
    ana.get("/v1/me").await.is(200);
    let key = first.parse().unwrap();
    run(&app, AdminCommand::RevokeKey { key }).await;
    // The session goes on: the app refreshes and gets a token of another key.
    ana.get("/v1/me").await.is_problem(401, "token_expired");
    assert_eq!(published().await.len(), 2);
    assert_eq!(
        refused(&app, AdminCommand::RevokeKey { key }).await,
        "there is no such account or key"
    );
    ana.later().await.get("/v1/me").await.is(200);
}

/// The secret keys of two numbers: 0 is the key of all tests, 1 is another key.
fn keys(current: usize, previous: Option<usize>) -> Keys {
    let secret = |number: usize| -> SecretString {
        [
            "a secret key for tests, 32 characters",
            "another one for tests, 32 characters!",
        ][number]
            .to_owned()
            .into()
    };
    Keys::derive_after(&secret(current), previous.map(secret).as_ref()).unwrap()
}

async fn sign_in_at(node: &Router, email: &str) -> u16 {
    let body = json!({ "email": email, "password": PASSWORD }).to_string();
    let request = Request::post("/v1/sessions")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body))
        .unwrap();
    node.clone()
        .oneshot(request)
        .await
        .unwrap()
        .status()
        .as_u16()
}

#[tokio::test]
async fn the_secret_key_can_change_under_load_and_everything_is_resealed() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    // Every server knows both keys before a server seals with the new key.
    let nodes = [
        app.another_node_with(keys(0, Some(1))).await,
        app.another_node_with(keys(1, Some(0))).await,
    ];
    let routers = nodes.clone().map(api::router);
    let over = AtomicBool::new(false);
    let change = async {
        for number in 0..10 {
            rotate(&nodes[number % 2], Rotation::Now).await.unwrap();
            let done = reseal(&nodes[1]).await.unwrap();
            // A round reseals at most the signing keys of both servers.
            assert!(done.secrets <= 2, "{done:?}");
        }
        over.store(true, Ordering::Relaxed);
    };
    let load = async |number: usize| {
        let (mut asked, mut failed) = (0, 0);
        while !over.load(Ordering::Relaxed) || asked < 10 {
            let status = sign_in_at(&routers[(number + asked) % 2], &ana.email).await;
            failed += usize::from(status != 200);
            asked += 1;
        }
        (asked, failed)
    };
    let ((), first, second) = tokio::join!(change, load(0), load(1));
    let (asked, failed) = (first.0 + second.0, first.1 + second.1);
    report(
        "K1",
        "sign-ins while the secret key was changed 10 times / failed",
        format!("{asked} / {failed}"),
        "0 failed",
        failed == 0,
    );

    let connection = app.database.connect().await;
    let rows = signing_key::Entity::find().all(&connection).await.unwrap();
    connection.close().await.unwrap();
    let after = keys(1, None);
    assert_eq!(rows.len(), 11);
    assert!(
        rows.iter()
            .all(|row| after.is_sealed_anew(&row.sealed_seed))
    );
    let start = async |keys: Keys| {
        let node = app.another_node_with(keys).await;
        check_secret_key(&node).await?;
        prepare(&node).await
    };
    start(after).await.unwrap();
    let before = start(keys(0, None)).await.unwrap_err();
    assert!(
        before.to_string().contains("another secret key"),
        "{before}"
    );
    app.mails().await;
}

#[tokio::test]
async fn links_in_emails_still_work_after_the_secret_key_changes() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let remind = async |number: i64| {
        let soon = app.now() + TimeDelta::hours(2);
        let task = json!({
            "title": format!("Number {number}"), "time_zone": "UTC",
            "due_local": soon.format("%Y-%m-%dT%H:%M").to_string(), "reminder_minutes": [60],
        });
        let task = ana
            .later()
            .await
            .post(&ana.path("/tasks"), task)
            .await
            .is(201);
        let claim = ana.path(&format!("/tasks/{}/claim", task["id"].as_str().unwrap()));
        let body = json!({ "allow_overlap": true });
        ben.later().await.post(&claim, body).await.is(200);
        app.mails().await;
        app.advance(TimeDelta::hours(1));
    };
    let unsubscribe = async |mail: &crate::harness::Mail| {
        let link = mail.link("unsubscribe");
        let reply = app
            .send(Request::get(link).body(Body::empty()).unwrap())
            .await;
        reply.status.as_u16()
    };
    remind(1).await;
    let first = app.mail().await;
    assert_eq!(unsubscribe(&first).await, 200);

    // From now on emails carry a link that is made with the new key. The old link still works.
    let between: App = app.another_node_with(keys(1, Some(0))).await;
    let renewed = reseal(&between).await.unwrap();
    assert_eq!(
        renewed,
        Resealed {
            secrets: 1,
            links: 1
        }
    );
    let again = reseal(&between).await.unwrap();
    assert_eq!(
        again,
        Resealed {
            secrets: 0,
            links: 0
        }
    );
    let connection = app.database.connect().await;
    let rows = kith::entity::mail_token::Entity::find()
        .all(&connection)
        .await;
    connection.close().await.unwrap();
    let unending = rows
        .unwrap()
        .into_iter()
        .filter(|row| row.expires_at.is_none());
    let unending: Vec<_> = unending.collect();
    assert_eq!(unending.len(), 2);
    for row in unending {
        let [of_new, of_old] = [1, 0].map(|number| keys(number, None).mail_token(row.id));
        let hash = |text: &str| kith::platform::crypto::keys::sha256(text.as_bytes());
        let text = [of_new, of_old]
            .into_iter()
            .find(|text| hash(text) == row.token_hash);
        let page = format!("/unsubscribe?token={}&about=reminders", text.unwrap());
        let reply = app
            .send(Request::get(page).body(Body::empty()).unwrap())
            .await;
        assert_eq!(reply.status, 200);
    }
    assert_eq!(unsubscribe(&first).await, 200);
}

#[test]
fn every_sealed_column_is_resealed_when_the_secret_key_changes() {
    let cell = Regex::new(r#"SealedCell \{\s*table: "(\w+)",\s*column: "(\w+)","#).unwrap();
    let mut found = BTreeSet::new();
    let mut files: Vec<_> = source_folders()
        .iter()
        .flat_map(|root| rust_files(root))
        .collect();
    files.retain(|path| !path.ends_with("sealed.rs"));
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        for cell in cell.captures_iter(&text) {
            found.insert((cell[1].to_owned(), cell[2].to_owned()));
        }
    }
    let known: BTreeSet<(String, String)> = SEALED
        .iter()
        .map(|(table, column)| ((*table).to_owned(), (*column).to_owned()))
        .collect();
    assert_eq!(
        found, known,
        "columns that are sealed somewhere in the sources (left), and those that `kith admin reseal` knows: \
         add the table and the column to SEALED in base/src/platform/crypto/sealed.rs"
    );
}
