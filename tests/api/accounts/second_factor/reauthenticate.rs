//! `POST /v1/me/reauthenticate`

use serde_json::{Value, json};

use super::enroll;
use crate::harness::{PASSWORD, TestApp};

#[tokio::test]
async fn confirming_an_identity_also_needs_a_code_of_the_authenticator_app() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let (authenticator, _) = enroll(&ana).await;
    let prove = async |proof: Value| ana.post("/v1/me/reauthenticate", proof).await;
    let without = prove(json!({ "password": PASSWORD })).await;
    assert_eq!(without.is_invalid(), ["/code required"]);
    let wrong = json!({ "password": PASSWORD, "code": authenticator.wrong() });
    assert_eq!(prove(wrong).await.is_invalid(), ["/password incorrect"]);
    let right = json!({ "password": PASSWORD, "code": authenticator.code() });
    prove(right).await.is(204);
}
