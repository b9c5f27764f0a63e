//! `POST /v1/sessions/sign-out`

use serde_json::json;

use crate::harness::{PASSWORD, TestApp};

#[tokio::test]
async fn signing_out_ends_the_session_at_once() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let other = json!({ "email": ana.email, "password": PASSWORD, "device_label": "Tablet" });
    let other = app.client(&app.anybody().post("/v1/sessions", other).await.session());
    ana.act("/v1/sessions/sign-out").await.is(204);
    ana.get("/v1/me").await.is_problem(401, "invalid_token");
    let refresh = json!({ "refresh_token": ana.tokens["refresh_token"] });
    app.anybody()
        .post("/v1/sessions/refresh", refresh)
        .await
        .is_problem(401, "invalid_token");
    other.get("/v1/me").await.is(200);
}
