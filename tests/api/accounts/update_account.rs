//! `PATCH /v1/me`

use serde_json::json;

use crate::harness::TestApp;

#[tokio::test]
async fn a_profile_is_changed_by_its_owner() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let changes = json!({ "name": " Ana  Díaz ", "time_zone": "america/new_york" });
    let me = ana.patch("/v1/me", changes).await.is(200);
    assert_eq!(me["name"], "Ana  Díaz");
    assert_eq!(me["time_zone"], "America/New_York");
    assert_eq!(me["version"], 2);
    let fields = ana
        .patch("/v1/me", json!({ "name": null }))
        .await
        .is_invalid();
    assert_eq!(fields, ["/name wrong_type"]);
}
