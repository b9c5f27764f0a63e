//! `POST /v1/me/totp/remove`

use axum::http::{Method, StatusCode};
use futures_util::future::join;
use serde_json::json;

use super::{enroll, password, second, ticket};
use crate::harness::{TestApp, refresh};

#[tokio::test]
async fn changing_the_authenticator_app_signs_other_devices_out_unless_they_are_kept() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let other = password(&ana).await.session();
    let (authenticator, _) = enroll(&ana).await;
    let anybody = app.anybody();
    let out = refresh(&anybody, &other).await;
    out.is_problem(401, "invalid_token");

    let code = authenticator.code();
    let other = second(&anybody, &ticket(&ana).await, &code).await.is(201);
    let wrong = json!({ "code": authenticator.wrong(), "keep_other_sessions": true });
    let wrong = ana.post("/v1/me/totp/remove", wrong).await;
    assert_eq!(wrong.is_invalid(), ["/code incorrect"]);
    let right = json!({ "code": authenticator.code(), "keep_other_sessions": true });
    ana.post("/v1/me/totp/remove", right).await.is(204);
    let notification = app.mail().await;
    assert_eq!(
        notification.header("Subject"),
        "The authenticator app was removed"
    );
    refresh(&anybody, &other).await.is(200);
    password(&ana).await.session();
    let factors = ana.get("/v1/me/sign-in-methods").await.is(200);
    assert_eq!(factors["recovery_code_count"], 0);
}

#[tokio::test]
async fn two_equal_requests_at_the_same_time_get_the_same_answer() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let (authenticator, _) = enroll(&ana).await;
    let body = json!({ "code": authenticator.code() });
    let send = || {
        let key = ("idempotency-key", "one tap, sent twice");
        let path = "/v1/me/totp/remove";
        ana.with(key, &Method::POST, path, Some(body.clone()))
    };
    let (first, second) = join(send(), send()).await;
    assert_eq!(
        (first.status, second.status),
        (StatusCode::NO_CONTENT, StatusCode::NO_CONTENT)
    );
}
