//! `POST /v1/sessions/reauthenticate`

use serde_json::{Value, json};

use super::enroll;
use crate::harness::{PASSWORD, TestApp};

#[tokio::test]
async fn a_person_with_an_authenticator_app_confirms_their_identity_with_it_too() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let (authenticator, _) = enroll(&ana).await;
    let prove = async |proof: Value| ana.post("/v1/sessions/reauthenticate", proof).await;
    let without = prove(json!({ "password": PASSWORD })).await;
    assert_eq!(without.is_invalid(), ["/code missing"]);
    let wrong = json!({ "password": PASSWORD, "code": authenticator.wrong() });
    assert_eq!(prove(wrong).await.is_invalid(), ["/password wrong"]);
    let right = json!({ "password": PASSWORD, "code": authenticator.code() });
    prove(right).await.is(204);
}
