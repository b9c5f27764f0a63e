//! `POST /v1/me/password/change`

use axum::http::Method;
use serde_json::json;

use super::sign_in;
use crate::harness::{Client, PASSWORD, Reply, TestApp};

const ANOTHER: &str = "seventeen green umbrellas";

async fn change(by: &Client, current: &str, new: &str) -> Reply {
    let change = json!({ "current_password": current, "new_password": new });
    by.post("/v1/me/password/change", change).await
}

#[tokio::test]
async fn a_password_change_ends_the_other_sessions_and_sends_an_email() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let tablet = sign_in(&ana, "Tablet").await;
    app.mail().await;
    let wrong = change(&ana, "not the password", ANOTHER).await;
    assert_eq!(wrong.is_invalid(), ["/current_password incorrect"]);
    let short = change(&ana, PASSWORD, "short").await;
    assert_eq!(short.is_invalid(), ["/new_password too_short"]);
    tablet.get("/v1/me").await.is(200);
    assert_eq!(app.mails().await.len(), 0);

    change(&ana, PASSWORD, ANOTHER).await.is(204);
    ana.get("/v1/me").await.is(200);
    let other = tablet.get("/v1/me").await;
    other.is_problem(401, "invalid_token");
    let notification = app.mail().await;
    assert_eq!(notification.to, ana.email);
    insta::assert_snapshot!(notification.text, @r"
    Hello Ana Test,

    The password of your account with Kith was changed.

    When: Tue 1 December 2026, 09:00 (Europe/Berlin, UTC+1)

    If it was you, there is nothing to do. If it was not you, ask your app for a new
    password now: you get a link at this address, and the new password signs out every
    device.
    ");
    for (password, status) in [(PASSWORD, 401), (ANOTHER, 200)] {
        let credentials = json!({ "email": ana.email, "password": password });
        ana.post("/v1/sessions", credentials).await.is(status);
    }
    app.mail().await;
}

#[tokio::test]
async fn a_password_change_repeated_with_its_key_gets_the_same_answer() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let body = json!({ "current_password": PASSWORD, "new_password": ANOTHER });
    for replayed in ["", "true"] {
        let key = ("idempotency-key", "once");
        let path = "/v1/me/password/change";
        let reply = ana.with(key, &Method::POST, path, Some(body.clone())).await;
        assert_eq!(reply.status, 204, "{}", reply.text);
        assert_eq!(reply.header("idempotency-replayed"), replayed);
    }
    app.mail().await;
}
