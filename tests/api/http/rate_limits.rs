//! A caller who sends too many requests has to wait, on every node. Nobody else has to wait.

use axum::Router;
use axum::http::{Method, StatusCode};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use kith::api;
use kith::auth::make_personal_access_token;
use kith::entity::rate_window;
use kith::http::rate_limits::{ACCOUNTS_AT_AN_ADDRESS, RateLimitSettings};
use kith::platform::db::BeginWrite;
use kith::platform::mail::Mailer;
use kith::privacy::retention::sweep;
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait};
use serde_json::json;

use crate::contract::matrix::{fill, fresh, row, table};
use crate::harness::{Client, Reply, TestApp, send_to, sender};

const STANDARD: RateLimitSettings = RateLimitSettings {
    reads_per_minute: 600,
    writes_per_minute: 120,
    invitations_per_hour: 60,
};

fn reads(reads_per_minute: u32) -> RateLimitSettings {
    RateLimitSettings {
        reads_per_minute,
        ..RateLimitSettings::NONE
    }
}

#[track_caller]
fn is_refused(reply: &Reply, limit: &str, seconds: &str) {
    reply.is_problem(429, "too_many_requests");
    assert_eq!(reply.header("ratelimit"), limit);
    assert_eq!(reply.header("retry-after"), seconds);
}

#[tokio::test]
async fn an_answer_says_how_many_requests_are_left() {
    let app = TestApp::start_as(|parts| parts.limits = STANDARD).await;
    let ana = app.person("Ana").await;
    let first = ana.get("/v1/me").await;
    assert_eq!(first.header("ratelimit-policy"), r#""reads";q=600;w=60"#);
    assert_eq!(first.header("ratelimit"), r#""reads";r=599;t=60"#);
    app.advance(TimeDelta::milliseconds(18_500));
    let second = ana.get("/v1/me").await;
    assert_eq!(second.header("ratelimit"), r#""reads";r=598;t=42"#);
    let write = ana.patch("/v1/me", json!({ "name": "Ana" })).await;
    assert_eq!(write.header("ratelimit-policy"), r#""writes";q=120;w=60"#);
    assert_eq!(write.header("ratelimit"), r#""writes";r=119;t=42"#);
    let export = ana.act("/v1/me/export").await;
    assert_eq!(
        export.header("ratelimit"),
        r#""writes";r=118;t=42, "exports";r=2;t=3600"#
    );
    let guess = json!({ "email": ana.email, "password": "wrong" });
    let guess = ana.at("203.0.113.9").post("/v1/sessions", guess).await;
    assert_eq!(
        guess.header("ratelimit"),
        r#""writes";r=119;t=42, "tries";r=9;t=60"#
    );
}

#[tokio::test]
async fn every_operation_says_how_many_requests_are_left() {
    let app = TestApp::start_as(|parts| parts.limits = STANDARD).await;
    let [ana] = app.circle(["coordinator"]).await;
    let ids = fresh(&ana, "ours").await;
    let document = api::operations();
    let bodies = table();
    let anybody = app.anybody();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            let (_, _, body) = row(name, &bodies);
            let method: Method = method.to_uppercase().parse().unwrap();
            let body = (!body.is_null()).then_some(body);
            let kind = if method == Method::GET {
                "reads"
            } else {
                "writes"
            };
            app.advance(TimeDelta::seconds(2));
            for by in [&anybody.at("203.0.113.9"), &ana.at("203.0.113.9")] {
                let reply = app.send(by.request(&method, &fill(path, &ids), body)).await;
                let policy = reply.header("ratelimit-policy");
                assert!(
                    policy.contains(&format!("\"{kind}\";q=")),
                    "{name} is not counted ({policy:?}): see `count` in base/src/http/rate_limits/layer.rs"
                );
                assert!(reply.header("ratelimit").contains(";r="), "{name}");
            }
        }
    }
    app.mails().await;
}

#[tokio::test]
async fn a_caller_over_the_limit_waits_until_the_minute_is_over() {
    let app = TestApp::start_as(|parts| parts.limits = reads(5)).await;
    let (ana, ben) = (app.person("Ana").await, app.person("Ben").await);
    for left in (0..5).rev() {
        let reply = ana.get("/v1/me").await;
        assert_eq!(
            reply.header("ratelimit"),
            format!("\"reads\";r={left};t=60")
        );
        reply.is(200);
    }
    for path in ["/v1/me", "/v1/me/circles", "/v1/me/summary"] {
        is_refused(&ana.get(path).await, r#""reads";r=0;t=60"#, "60");
    }
    ben.get("/v1/me").await.is(200);
    ana.patch("/v1/me", json!({ "name": "Ana" })).await.is(200);
    app.advance(TimeDelta::seconds(59));
    is_refused(&ana.get("/v1/me").await, r#""reads";r=0;t=1"#, "1");
    app.advance(TimeDelta::seconds(1));
    ana.get("/v1/me").await.is(200);
}

#[tokio::test]
async fn a_caller_without_a_valid_token_is_counted_by_address() {
    let app = TestApp::start_as(|parts| parts.limits = reads(8)).await;
    let ana = app.person("Ana").await;
    let mut impostor = app.anybody();
    impostor.token = Some("eyJhbGciOiJub25lIn0.e30.".into());
    let (impostor, anybody) = (impostor.at("203.0.113.9"), app.anybody().at("203.0.113.9"));
    for _ in 0..2 {
        impostor
            .get("/v1/me")
            .await
            .is_problem(401, "invalid_token");
        anybody.get("/v1/server").await.is(200);
        anybody.get("/nowhere").await.is_problem(404, "not_found");
        anybody.get("/verify?token=none").await;
    }
    let refused = r#""reads";r=0;t=60"#;
    is_refused(&impostor.get("/v1/me").await, refused, "60");
    is_refused(&impostor.get("/v1/server").await, refused, "60");
    is_refused(&anybody.get("/nowhere").await, refused, "60");
    ana.at("203.0.113.9").get("/v1/me").await.is(200);
    anybody.at("203.0.113.10").get("/v1/server").await.is(200);
}

#[tokio::test]
async fn requests_of_a_signed_out_device_do_not_count_against_its_owner() {
    let app = TestApp::start_as(|parts| parts.limits = reads(10)).await;
    let ana = app.person("Ana").await;
    let phone = ana.later().await;
    let stolen = ana.client.at("203.0.113.9");
    let others = "/v1/me/sessions/end-others";
    phone.act(others).await.is(204);
    for _ in 0..10 {
        let refused = stolen.get("/v1/me").await;
        refused.is_problem(401, "invalid_token");
    }
    let refused = stolen.get("/v1/me").await;
    refused.is_problem(429, "too_many_requests");
    phone.get("/v1/me").await.is(200);
}

#[tokio::test]
async fn a_shared_address_can_send_as_many_requests_as_ten_accounts() {
    let app = TestApp::start_as(|parts| parts.limits = reads(2)).await;
    let mut people = Vec::new();
    for number in 0..=ACCOUNTS_AT_AN_ADDRESS {
        let person = app.person(&format!("P{number}")).await;
        people.push(person.at("2001:db8:1:2::1"));
    }
    let (last, first) = people.split_last().unwrap();
    for person in first {
        person.get("/v1/me").await.is(200);
        person.at("2001:db8:1:2::2").get("/v1/me").await.is(200);
    }
    is_refused(
        &last.get("/v1/me").await,
        r#""address-reads";r=0;t=60"#,
        "60",
    );
    last.at("2001:db8:1:3::1").get("/v1/me").await.is(200);
}

/// The token with an unknown key in its header.
fn with_made_up_key(token: &str) -> String {
    let (head, rest) = token.split_once('.').unwrap();
    let head = BASE64_URL_SAFE_NO_PAD.decode(head).unwrap();
    let mut head: serde_json::Value = serde_json::from_slice(&head).unwrap();
    head["kid"] = json!("0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d");
    let head = BASE64_URL_SAFE_NO_PAD.encode(head.to_string());
    format!("{head}.{rest}")
}

#[tokio::test]
async fn invalid_tokens_from_an_address_over_the_limit_cause_no_database_query() {
    let app = TestApp::start_as(|parts| parts.limits = reads(4)).await;
    let [ana] = app.circle(["coordinator"]).await;
    let request = json!({
        "name": "Script", "scopes": ["tasks:read"], "circle_ids": [ana.circle_id()],
    });
    let good = ana.post("/v1/me/access-tokens", request).await.is(201);
    let good = good["token"].as_str().unwrap();
    let show = |token: &str| {
        let mut client = app.anybody();
        client.token = Some(token.to_owned());
        client.at("203.0.113.9").inside(ana.circle_id())
    };
    let made_up = || make_personal_access_token().unwrap().0;
    let unknown_key = with_made_up_key(ana.client.token.as_deref().unwrap());
    for token in [&made_up(), &unknown_key, &made_up(), &unknown_key] {
        let reply = show(token).get("/tasks").await;
        reply.is_problem(401, "invalid_token");
    }
    for token in [&made_up(), &unknown_key, &made_up()] {
        let client = show(token);
        let (reply, statements) = app.with_statements(client.get("/tasks")).await;
        is_refused(&reply, r#""reads";r=0;t=60"#, "60");
        assert_eq!(statements, 0);
    }
    // The limit does not stop a signed-in person at the same address, nor a token that worked
    // there before.
    ana.client.at("203.0.113.9").get("/v1/me").await.is(200);
    app.advance(TimeDelta::seconds(60));
    show(good).get("/tasks").await.is(200);
    for _ in 0..4 {
        show(&made_up()).get("/tasks").await;
    }
    show(good).get("/tasks").await.is(200);
    app.mails().await;
}

#[tokio::test]
async fn an_ended_session_from_an_address_over_the_limit_causes_no_database_query() {
    let app = TestApp::start_as(|parts| parts.limits = reads(2)).await;
    let ana = app.person("Ana").await;
    let stolen = ana.client.at("203.0.113.9");
    let phone = ana.later().await;
    phone.act("/v1/me/sessions/end-others").await.is(204);
    for _ in 0..2 {
        let refused = stolen.get("/v1/me").await;
        refused.is_problem(401, "invalid_token");
    }
    let (reply, statements) = app.with_statements(stolen.get("/v1/me")).await;
    is_refused(&reply, r#""reads";r=0;t=60"#, "60");
    assert_eq!(statements, 0);
}

#[tokio::test]
async fn the_readiness_check_queries_the_database_once_a_second() {
    let app = TestApp::start_as(|parts| parts.limits = reads(1)).await;
    let ask = async |from: &str| {
        let probe = app.anybody().at(from);
        app.with_statements(probe.get("/readyz")).await
    };
    let (first, statements) = ask("203.0.113.9").await;
    assert!(first.status == 204 && statements > 0);
    for _ in 1..600 {
        let (reply, statements) = ask("203.0.113.9").await;
        assert_eq!((reply.status.as_u16(), statements), (204, 0));
    }
    let (refused, _) = ask("203.0.113.9").await;
    refused.is_problem(429, "too_many_requests");
    assert_eq!(ask("203.0.113.10").await.0.status, 204);
    app.advance(TimeDelta::seconds(1));
    assert!(ask("203.0.113.10").await.1 > 0);
    // The server reports at once that it is stopping.
    app.app.stopping().cancel();
    ask("203.0.113.10").await.0.is_problem(503, "unavailable");
}

#[tokio::test]
async fn health_checks_do_not_count_as_reads() {
    let app = TestApp::start_as(|parts| parts.limits = reads(1)).await;
    let probe = app.anybody().at("203.0.113.9");
    for _ in 0..20 {
        for path in ["/livez", "/readyz"] {
            let reply = probe.get(path).await;
            assert_eq!(
                (reply.status.as_u16(), reply.header("ratelimit")),
                (204, "")
            );
        }
    }
}

#[tokio::test]
async fn the_invitation_emails_of_a_circle_are_limited_per_hour() {
    let limits = RateLimitSettings {
        invitations_per_hour: 3,
        ..RateLimitSettings::NONE
    };
    let app = TestApp::start_as(|parts| parts.limits = limits).await;
    let ana = app.person("Ana").await;
    let found = async |name: &str| {
        let circle = json!({ "patient_name": name });
        let circle = ana.post("/v1/circles", circle).await.is(201);
        ana.inside(circle["id"].as_str().unwrap())
    };
    let (ours, other) = (found("Rosa").await, found("Tom").await);
    let invite = async |circle: &Client, number: u32| {
        let guest = json!({ "email": format!("{number}@test.example"), "access": "viewer" });
        circle.post("/invitations", guest).await
    };
    let first = invite(&ours, 1).await.is(201);
    invite(&ours, 2).await.is(201);
    let again = format!("/invitations/{}/resend", first["id"].as_str().unwrap());
    ours.act(&again).await.is(200);
    let refused = r#""invitations";r=0;t=3600"#;
    is_refused(&invite(&ours, 3).await, refused, "3600");
    is_refused(&ours.act(&again).await, refused, "3600");
    invite(&other, 3).await.is(201);
    assert_eq!(app.mails().await.len(), 3);
    app.advance(TimeDelta::hours(1));
    let ana = ana.later().await;
    let ours = ana.inside(first["circle_id"].as_str().unwrap());
    invite(&ours, 3).await.is(201);
    app.mails().await;
}

#[tokio::test]
async fn counting_a_caller_below_the_limit_needs_no_database_query() {
    let mut statements = Vec::new();
    for limits in [RateLimitSettings::NONE, STANDARD] {
        let app = TestApp::start_as(|parts| parts.limits = limits).await;
        let ana = app.person("Ana").await.at("203.0.113.9");
        ana.get("/v1/me").await.is(200);
        let mut counts = Vec::new();
        for _ in 0..10 {
            counts.push(app.statements(ana.get("/v1/me")).await);
        }
        statements.push(counts);
    }
    assert_eq!(
        statements[0], statements[1],
        "counting requests costs statements: base/src/http/rate_limits/meter.rs must count in memory as \
         long as there is room"
    );
}

/// Sends many requests at once to two nodes; returns how many were admitted.
async fn crowd(nodes: [&Router; 2], by: &Client, requests: usize) -> usize {
    let mut admitted = 0;
    for batch in 0..requests / 20 {
        let asked = (0..20).map(|number| {
            let request = by.request(&Method::GET, "/v1/me", None);
            send_to(nodes[(batch + number * number) % 2], request)
        });
        for reply in futures_util::future::join_all(asked).await {
            assert!(matches!(
                reply.status,
                StatusCode::OK | StatusCode::TOO_MANY_REQUESTS
            ));
            admitted += usize::from(reply.status == 200);
        }
    }
    admitted
}

#[tokio::test]
async fn two_nodes_share_a_quota() {
    let limits = reads(200);
    let app = TestApp::start_as(|parts| parts.limits = limits).await;
    if app.app.db().backend() != DbBackend::Postgres {
        eprintln!("SQLite is the database of a single server: skipped");
        return;
    }
    let ana = app.person("Ana").await;
    let node = |app: &std::sync::Arc<TestApp>| {
        let app = app.clone();
        async move {
            let change = |parts: &mut kith::app::Parts| parts.limits = limits;
            let node = app.another_node_as(Mailer::memory(sender()), change).await;
            api::router(node)
        }
    };
    let (first, second) = (node(&app).await, node(&app).await);
    let mut all = Vec::new();
    for _ in 0..5 {
        let admitted = crowd([&first, &second], &ana, 500).await;
        assert!((180..=220).contains(&admitted), "{admitted} of 200");
        all.push(admitted);
        app.advance(TimeDelta::minutes(1));
    }
    let connection = app.database.connect().await;
    let rows = || async {
        rate_window::Entity::find()
            .count(&connection)
            .await
            .unwrap()
    };
    println!(
        "2 nodes, quota 200, 500 asked: admitted {all:?}, rows {}",
        rows().await
    );
    assert!(rows().await > 0);
    sweep(&app.app).await.unwrap();
    assert_eq!(rows().await, 0);
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_node_that_cannot_share_its_counts_limits_by_itself() {
    let app = TestApp::start_as(|parts| parts.limits = reads(100)).await;
    let ana = app.person("Ana").await;
    let connection = app.database.connect().await;
    let gone = "DROP TABLE rate_windows";
    connection.execute_unprepared(gone).await.unwrap();
    connection.close().await.unwrap();
    for number in 0..120 {
        let reply = ana.get("/v1/me").await;
        let expected = if number < 100 { 200 } else { 429 };
        assert_eq!(reply.status, expected, "{number}: {}", reply.text);
    }
}
