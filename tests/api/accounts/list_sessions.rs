//! `GET /v1/me/sessions`

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{sessions, sign_in};
use crate::harness::TestApp;

#[tokio::test]
async fn the_list_of_sessions_shows_devices_and_no_secrets() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    app.person("Ben").await;
    app.advance(TimeDelta::minutes(1));
    let tablet = sign_in(&ana, "Tablet").await;
    let listed = sessions(&tablet).await;
    assert_eq!(
        listed[0],
        json!({
            "id": listed[0]["id"], "device_label": "Tablet", "created_at": "2026-12-01T08:01:00.000Z",
            "last_used_at": "2026-12-01T08:01:00.000Z", "is_current": true,
        })
    );
    let first = (&listed[1]["id"], &listed[1]["device_label"]);
    assert_eq!(first, (&ana.tokens["session_id"], &Value::Null));
    assert_eq!((listed.len(), &listed[1]["is_current"]), (2, &json!(false)));

    app.advance(TimeDelta::days(90));
    let phone = sign_in(&ana, "Phone").await;
    assert_eq!(sessions(&phone).await.len(), 1, "idle sessions have ended");
}
