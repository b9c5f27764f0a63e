//! Answers to a token that is not accepted: `WWW-Authenticate` and the code of the problem tell an
//! expired token, which can be refreshed, from one that is not valid (RFC 6750).

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use kith::auth::signing::{Rotation, rotate};
use kith::entity::personal_access_token::TokenScope;
use kith::privacy::retention::sweep;
use serde_json::{Value, json};

use crate::contract::matrix::make_token;
use crate::harness::{Client, TestApp, refresh};

const NONE: &str = "Bearer";
const EXPIRED: &str =
    r#"Bearer error="invalid_token", error_description="The access token has expired""#;
const INVALID: &str =
    r#"Bearer error="invalid_token", error_description="The access token is not valid""#;

/// Reads the account. Panics if the answer is not this refusal.
async fn is_refused(client: &Client, code: &str, challenge: &str) -> Value {
    let reply = client.get("/v1/me").await;
    let problem = reply.is_problem(401, code);
    assert_eq!(reply.header("www-authenticate"), challenge);
    problem
}

fn with_token(app: &std::sync::Arc<TestApp>, token: &str) -> Client {
    app.client(&json!({ "access_token": token }))
}

#[tokio::test]
async fn a_request_without_a_token_is_told_only_to_send_one() {
    let app = TestApp::start().await;
    let problem = is_refused(&app.anybody(), "unauthenticated", NONE).await;
    assert_eq!(problem["title"], "Sign in first");
}

#[tokio::test]
async fn an_expired_access_token_is_told_to_refresh_and_refreshing_helps() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    app.advance(TimeDelta::minutes(11));
    let problem = is_refused(&ana, "token_expired", EXPIRED).await;
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("POST to /v1/sessions/refresh"), "{detail}");
    let tokens = refresh(&app.anybody(), &ana.tokens).await.is(200);
    app.client(&tokens).get("/v1/me").await.is(200);
}

#[tokio::test]
async fn an_expired_token_that_is_not_genuine_is_not_told_that_it_has_expired() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let ben = app.person("Ben").await;
    let token = ana.token.clone().unwrap();
    let of_ben = ben.token.clone().unwrap();
    app.advance(TimeDelta::minutes(11));
    is_refused(&with_token(&app, &token), "token_expired", EXPIRED).await;

    let parts: Vec<_> = token.split('.').collect();
    let [head, claims, signature] = parts[..] else {
        panic!("{token}");
    };
    let (_, signature_of_ben) = of_ben.rsplit_once('.').unwrap();
    let mut head_of_another_key: Value =
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(head).unwrap()).unwrap();
    head_of_another_key["kid"] = json!(uuid::Uuid::from_u128(1));
    let another_head = BASE64_URL_SAFE_NO_PAD.encode(head_of_another_key.to_string());
    for wrong in [
        format!("{head}.{claims}.{signature_of_ben}"),
        format!("{head}.{claims}."),
        format!("{head}.{claims}"),
        format!("{another_head}.{claims}.{signature}"),
        "garbled".to_owned(),
    ] {
        is_refused(&with_token(&app, &wrong), "invalid_token", INVALID).await;
    }
}

#[tokio::test]
async fn a_token_of_an_ended_session_is_not_valid_and_neither_is_its_refresh_token() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    ana.act("/v1/sessions/sign-out").await.is(204);
    let problem = is_refused(&ana, "invalid_token", INVALID).await;
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("Refreshing does not help"), "{detail}");
    let refreshed = refresh(&app.anybody(), &ana.tokens).await;
    refreshed.is_problem(401, "invalid_token");
    assert_eq!(
        refreshed.header("www-authenticate"),
        r#"Bearer error="invalid_token", error_description="The refresh token is not valid""#
    );
}

#[tokio::test]
async fn an_expired_personal_access_token_is_told_to_create_a_new_one() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let (made, program) = make_token(&ana, ana.circle_id(), &[TokenScope::TasksRead]).await;
    let mut mistyped = program.clone();
    mistyped.token = Some(format!("{}x", program.token.clone().unwrap()));
    let wrong = mistyped.get("/tasks").await;
    wrong.is_problem(401, "invalid_token");

    let ends: chrono::DateTime<chrono::Utc> =
        serde_json::from_value(made["expires_at"].clone()).unwrap();
    app.advance(ends - app.now());
    let reply = program.get("/tasks").await;
    let problem = reply.is_problem(401, "token_expired");
    assert_eq!(
        problem["detail"],
        "The personal access token has expired. Create a new one."
    );
    assert_eq!(
        reply.header("www-authenticate"),
        r#"Bearer error="invalid_token", error_description="The personal access token has expired""#
    );
    app.mails().await;
}

#[tokio::test]
async fn a_device_that_was_away_while_the_signing_key_changed_is_told_to_refresh() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    rotate(&app.app, Rotation::Now).await.unwrap();
    app.advance(TimeDelta::days(89));
    sweep(&app.app).await.unwrap();
    is_refused(&ana, "token_expired", EXPIRED).await;
    refresh(&app.anybody(), &ana.tokens).await.is(200);
}
