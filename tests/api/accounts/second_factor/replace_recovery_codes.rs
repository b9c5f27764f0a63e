//! `POST /v1/me/recovery-codes`

use serde_json::json;

use super::{code_of, enroll, second, ticket};
use crate::harness::TestApp;

#[tokio::test]
async fn new_recovery_codes_replace_the_old_ones() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let (authenticator, old) = enroll(&ana).await;
    let code = json!({ "code": authenticator.code() });
    let new = ana.post("/v1/me/recovery-codes", code).await.is(200);
    let notification = app.mail().await;
    assert_eq!(
        notification.header("Subject"),
        "Your recovery codes were replaced"
    );
    let anybody = app.anybody();
    let void = second(&anybody, &ticket(&ana).await, &old[0]).await;
    void.is_problem(401, "wrong_credentials");
    let new = new["codes"][0].as_str().unwrap();
    second(&anybody, &ticket(&ana).await, new).await.is(201);
    app.mails().await;
}

#[tokio::test]
async fn recovery_codes_are_not_shown_again_to_a_repeated_request() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let enrollment = ana.act("/v1/me/totp").await.is(201);
    let code = code_of(&app, enrollment["secret"].as_str().unwrap());
    let (key, post) = (("idempotency-key", "once"), axum::http::Method::POST);
    let code = Some(json!({ "code": code }));
    let confirm = || ana.with(key, &post, "/v1/me/totp/confirm", code.clone());
    confirm().await.is(200);
    confirm().await.is_problem(409, "totp_already_enabled");
    app.mails().await;
}
