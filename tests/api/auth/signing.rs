//! The keys that sign access tokens are published, rotated and revoked while people use the
//! server, and no request fails.

use std::time::{Duration, Instant};

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use kith::admin::check_secret_key;
use kith::api;
use kith::auth::signing::{AFTERLIFE, NOTICE, Rotation, prepare, revoke, rotate, rotate_when_due};
use kith::entity::signing_key;
use kith::platform::crypto::keys::Keys;
use kith::platform::mail::Mailer;
use kith::privacy::retention::sweep;
use sea_orm::EntityTrait;
use secrecy::SecretString;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::harness::figures::report;
use crate::harness::{Client, TestApp, sender};

/// The header of a token.
fn head(token: &str) -> Value {
    let head = token.split('.').next().unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(head).unwrap()).unwrap()
}

async fn published(client: &Client) -> Vec<Value> {
    let keys = client.get("/.well-known/jwks.json").await.is(200);
    keys["keys"].as_array().unwrap().clone()
}

fn kids(keys: &[Value]) -> Vec<&str> {
    let kid = |key: &'_ Value| key["kid"].as_str().map(str::len);
    assert!(keys.iter().all(|key| kid(key) == Some(36)));
    keys.iter().filter_map(|key| key["kid"].as_str()).collect()
}

#[tokio::test]
async fn the_public_keys_are_published_and_verify_what_the_server_signs() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let reply = anybody.get("/.well-known/jwks.json").await;
    assert_eq!(reply.header("cache-control"), "public, max-age=300");
    assert_eq!(reply.header("content-type"), "application/json");
    let keys = reply.is(200)["keys"].as_array().unwrap().clone();
    assert_eq!(keys.len(), 1);
    let members: Vec<_> = keys[0].as_object().unwrap().keys().collect();
    assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x"]);

    let token = ana.client.token.clone().unwrap();
    assert_eq!(head(&token)["kid"], keys[0]["kid"]);
    let (message, signature) = token.rsplit_once('.').unwrap();
    let bytes = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).unwrap();
    let key = UnparsedPublicKey::new(&ED25519, bytes(keys[0]["x"].as_str().unwrap()));
    key.verify(message.as_bytes(), &bytes(signature)).unwrap();
}

#[tokio::test]
async fn a_signing_key_is_published_a_day_before_use_and_until_its_tokens_expire() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let first = published(&ana).await;
    let next = rotate(&app.app, Rotation::Announced).await.unwrap();
    let both = published(&ana).await;
    assert_eq!(kids(&both), [kids(&first)[0], &next.to_string()]);

    app.advance(NOTICE - TimeDelta::seconds(1));
    let with_the_first = ana.later().await;
    let token = with_the_first.token.clone().unwrap();
    assert_eq!(head(&token)["kid"], first[0]["kid"]);
    app.advance(TimeDelta::seconds(1));
    let with_the_next = ana.later().await;
    let token = with_the_next.token.clone().unwrap();
    assert_eq!(head(&token)["kid"], next.to_string());

    app.advance(TimeDelta::seconds(600));
    with_the_first.get("/v1/me").await.is(200);
    app.advance(AFTERLIFE - TimeDelta::seconds(601));
    assert_eq!(published(&ana).await.len(), 2);
    app.advance(TimeDelta::seconds(1));
    let left = published(&ana).await;
    assert_eq!(kids(&left), [next.to_string()]);
    app.advance(TimeDelta::days(91));
    sweep(&app.app).await.unwrap();
    let connection = app.database.connect().await;
    let rows = signing_key::Entity::find().all(&connection).await.unwrap();
    assert_eq!(rows.len(), 1);
    connection.close().await.unwrap();
}

#[tokio::test]
async fn an_old_signing_key_is_replaced_by_only_one_server() {
    let app = TestApp::start().await;
    let other = app.another_node(Mailer::memory(sender())).await;
    let anybody = app.anybody();
    app.advance(TimeDelta::days(88));
    rotate_when_due(&app.app).await.unwrap();
    assert_eq!(published(&anybody).await.len(), 1);
    app.advance(TimeDelta::days(1));
    let (here, there) = tokio::join!(rotate_when_due(&app.app), rotate_when_due(&other));
    here.unwrap();
    there.unwrap();
    assert_eq!(published(&anybody).await.len(), 2);
    rotate_when_due(&app.app).await.unwrap();
    assert_eq!(published(&anybody).await.len(), 2);
}

/// The status that a node answers to a token, which it or another node has issued.
async fn ask(node: &Router, token: &str) -> u16 {
    let request = Request::get("/v1/me").header(header::AUTHORIZATION, format!("Bearer {token}"));
    let request = request.body(Body::empty()).unwrap();
    node.clone()
        .oneshot(request)
        .await
        .unwrap()
        .status()
        .as_u16()
}

async fn renew(node: &Router, refresh: &str) -> (String, String) {
    let body = json!({ "refresh_token": refresh }).to_string();
    let request = Request::post("/v1/sessions/refresh")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body))
        .unwrap();
    let response = node.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
    let body = http_body_util::BodyExt::collect(response.into_body()).await;
    let tokens: Value = serde_json::from_slice(&body.unwrap().to_bytes()).unwrap();
    let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
    (text("access_token"), text("refresh_token"))
}

#[tokio::test]
async fn twenty_key_rotations_under_load_cause_no_failed_request() {
    let app = TestApp::start().await;
    let other = app.another_node(Mailer::memory(sender())).await;
    let nodes = [api::router(app.app.clone()), api::router(other.clone())];
    let mut people = Vec::new();
    for name in ["Ana", "Ben", "Cem", "Dora"] {
        people.push(app.person(name).await.tokens);
    }
    let turning = std::sync::atomic::AtomicBool::new(true);
    let going_on = || turning.load(std::sync::atomic::Ordering::Relaxed);
    let rotations = async {
        for number in 0..20 {
            let node = [&app.app, &other][number % 2];
            rotate(node, Rotation::Now).await.unwrap();
        }
        turning.store(false, std::sync::atomic::Ordering::Relaxed);
    };
    let use_it = async |tokens: &Value| {
        let mut refresh = tokens["refresh_token"].as_str().unwrap().to_owned();
        let (mut asked, mut failed) = (0, 0);
        while going_on() || asked < 100 {
            let issuer = asked % 2;
            let (access, next) = renew(&nodes[issuer], &refresh).await;
            refresh = next;
            for node in [&nodes[1 - issuer], &nodes[issuer]] {
                asked += 1;
                failed += usize::from(ask(node, &access).await != 200);
            }
        }
        (asked, failed)
    };
    let load = futures_util::future::join_all(people.iter().map(use_it));
    let ((), load) = tokio::join!(rotations, load);
    let asked: usize = load.iter().map(|(asked, _)| asked).sum();
    let failed: usize = load.iter().map(|(_, failed)| failed).sum();
    report(
        "B5",
        "requests to two servers during 20 rotations / failed",
        format!("{asked} / {failed}"),
        "0 failed",
        failed == 0,
    );
}

#[tokio::test]
async fn a_revoked_signing_key_is_refused_by_every_server_at_once() {
    let app = TestApp::start().await;
    let other = app.another_node(Mailer::memory(sender())).await;
    let nodes = [api::router(app.app.clone()), api::router(other.clone())];
    let ana = app.person("Ana").await;
    let mut refresh = ana.tokens["refresh_token"].as_str().unwrap().to_owned();
    let mut worst = Duration::ZERO;
    for round in 0..20 {
        let (access, next) = renew(&nodes[round % 2], &refresh).await;
        refresh = next;
        for node in &nodes {
            assert_eq!(ask(node, &access).await, 200);
        }
        let key = head(&access)["kid"].as_str().unwrap().parse().unwrap();
        let begun = Instant::now();
        revoke(&app.app, kith::entity::ids::SigningKeyId(key))
            .await
            .unwrap();
        for node in &nodes {
            assert_eq!(ask(node, &access).await, 401);
        }
        worst = worst.max(begun.elapsed());
        let kids = published(&ana).await;
        assert!(
            kids.iter()
                .all(|published| published["kid"] != key.to_string())
        );
    }
    report(
        "B5",
        "keys taken back, worst time until two servers refused",
        format!("20, {worst:?}"),
        "1 s",
        worst < Duration::from_secs(1),
    );
}

#[tokio::test]
async fn revoking_the_next_signing_key_keeps_the_current_key() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let next = rotate(&app.app, Rotation::Announced).await.unwrap();
    revoke(&app.app, next).await.unwrap();
    ana.get("/v1/me").await.is(200);
    let client = ana.later().await;
    client.get("/v1/me").await.is(200);
    app.advance(AFTERLIFE);
    let left = published(&ana).await;
    assert_eq!(left.len(), 1);
    ana.later().await.get("/v1/me").await.is(200);
    let again = revoke(&app.app, next).await;
    assert!(matches!(again, Err(kith::problem::Problem::NotFound)));
}

#[tokio::test]
async fn private_keys_are_encrypted_and_another_secret_key_cannot_open_them() {
    let app = TestApp::start().await;
    let connection = app.database.connect().await;
    let row = signing_key::Entity::find()
        .one(&connection)
        .await
        .unwrap()
        .unwrap();
    connection.close().await.unwrap();
    let keys = app.app.keys();
    let place = kith::platform::crypto::sealed::SealedCell {
        table: "signing_keys",
        column: "sealed_seed",
        row: row.id.0,
    };
    let seed = keys.open(&place, &row.sealed_seed).unwrap();
    assert!(!row.sealed_seed.windows(32).any(|window| window == seed));

    let secret = |text: &str| SecretString::from(text.to_owned());
    let first = secret("a secret key for tests, 32 characters");
    let second = secret("another one for tests, 32 characters!");
    let with = async |keys: Keys| {
        let node = app.another_node_with(keys).await;
        check_secret_key(&node).await?;
        prepare(&node).await
    };
    let refused = with(Keys::derive(&second).unwrap()).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "this database was encrypted with another secret key: set SECRET_KEY to that key, \
         or set PREVIOUS_SECRET_KEY to it"
    );
    with(Keys::derive_after(&second, Some(&first)).unwrap())
        .await
        .unwrap();
}
