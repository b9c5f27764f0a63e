//! `POST /v1/me/totp`

use serde_json::json;

use super::password;
use crate::harness::TestApp;

#[tokio::test]
async fn an_unconfirmed_authenticator_app_is_not_needed_to_sign_in() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let first = ana.act("/v1/me/totp").await.is(201);
    assert!(
        first["otpauth_uri"]
            .as_str()
            .unwrap()
            .starts_with("otpauth://totp/Kith:")
    );
    let second = ana.act("/v1/me/totp").await.is(201);
    assert_ne!(first["secret"], second["secret"]);
    let wrong = json!({ "code": "nonsense" });
    let wrong = ana.post("/v1/me/totp/confirm", wrong).await;
    assert_eq!(wrong.is_invalid(), ["/code incorrect"]);
    password(&ana).await.session();
    let none = json!({ "code": "000000" });
    let none = ana.post("/v1/me/totp/remove", none).await;
    none.is_problem(409, "totp_not_enabled");
}
