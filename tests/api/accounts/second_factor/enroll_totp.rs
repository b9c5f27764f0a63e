//! `POST /v1/me/totp`

use serde_json::json;

use super::password;
use crate::harness::TestApp;

#[tokio::test]
async fn an_app_that_was_not_confirmed_gates_nothing() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let first = ana.act("/v1/me/totp").await.is(201);
    assert!(
        first["uri"]
            .as_str()
            .unwrap()
            .starts_with("otpauth://totp/Kith:")
    );
    let second = ana.act("/v1/me/totp").await.is(201);
    assert_ne!(first["secret"], second["secret"]);
    let wrong = json!({ "code": "nonsense" });
    let wrong = ana.post("/v1/me/totp/confirm", wrong).await;
    assert_eq!(wrong.is_invalid(), ["/code wrong"]);
    password(&ana).await.is(201);
    let none = json!({ "code": "000000" });
    let none = ana.post("/v1/me/totp/remove", none).await;
    none.is_problem(409, "not_enrolled");
}
