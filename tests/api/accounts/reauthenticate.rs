//! `POST /v1/me/reauthenticate`

use chrono::TimeDelta;
use serde_json::json;

use super::security_events::log;
use crate::harness::{PASSWORD, TestApp};

#[tokio::test]
async fn a_signed_in_person_confirms_their_identity_again() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let path = "/v1/me/reauthenticate";
    let wrong = ana.post(path, json!({ "password": "not it" })).await;
    assert_eq!(wrong.is_invalid(), ["/password incorrect"]);
    app.advance(TimeDelta::seconds(1));
    ana.post(path, json!({ "password": PASSWORD }))
        .await
        .is(204);
    let expected = ["reauthenticated", "reauthentication_refused"];
    assert_eq!(log(&ana).await, expected);
}
