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

#[tokio::test]
async fn a_language_is_one_that_the_server_has_or_none() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let me = ana.get("/v1/me").await.is(200);
    assert!(me["locale"].is_null(), "{me}");
    for (sent, stored) in [("es-MX", "es"), ("DE", "de"), ("en", "en")] {
        let me = ana.patch("/v1/me", json!({ "locale": sent })).await.is(200);
        assert_eq!(me["locale"], stored);
    }
    let refused = ana.patch("/v1/me", json!({ "locale": "tlh" })).await;
    assert_eq!(refused.is_invalid(), ["/locale invalid_value"]);
    let me = ana.patch("/v1/me", json!({ "locale": null })).await.is(200);
    assert!(me["locale"].is_null(), "{me}");
}

#[tokio::test]
async fn quiet_hours_have_a_beginning_and_another_end() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let me = ana.get("/v1/me").await.is(200);
    assert_eq!(me["quiet_from"], json!(null));
    assert_eq!(me["quiet_until"], json!(null));
    for (changes, refused) in [
        (
            json!({ "quiet_from": "22:00" }),
            "/quiet_until beginning_and_end",
        ),
        (
            json!({ "quiet_until": "07:00" }),
            "/quiet_from beginning_and_end",
        ),
        (
            json!({ "quiet_from": "22:00", "quiet_until": "22:00:00" }),
            "/quiet_until beginning_is_end",
        ),
        (
            json!({ "quiet_from": "10 pm", "quiet_until": "07:00" }),
            "/quiet_from invalid_value",
        ),
    ] {
        let fields = ana.patch("/v1/me", changes).await.is_invalid();
        assert_eq!(fields, [refused]);
    }
    let night = json!({ "quiet_from": "22:00", "quiet_until": "07:00" });
    let me = ana.patch("/v1/me", night).await.is(200);
    assert_eq!(me["quiet_from"], "22:00");
    assert_eq!(me["quiet_until"], "07:00");
    let later = json!({ "quiet_until": "08:30:00" });
    let me = ana.patch("/v1/me", later).await.is(200);
    assert_eq!(me["quiet_until"], "08:30");
    let half = ana.patch("/v1/me", json!({ "quiet_from": null })).await;
    assert_eq!(half.is_invalid(), ["/quiet_from beginning_and_end"]);
    let none = json!({ "quiet_from": null, "quiet_until": null });
    let me = ana.patch("/v1/me", none).await.is(200);
    assert_eq!(me["quiet_from"], json!(null));
}

#[tokio::test]
async fn a_digest_has_a_time_and_may_have_a_day() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let me = ana.get("/v1/me").await.is(200);
    assert_eq!(me["digest_time"], "08:00");
    assert_eq!(me["digest_weekday"], json!(null));
    let friday = json!({ "digest_time": "18:00", "digest_weekday": "friday" });
    let me = ana.patch("/v1/me", friday).await.is(200);
    assert_eq!(me["digest_time"], "18:00");
    assert_eq!(me["digest_weekday"], "friday");
    let daily = json!({ "digest_weekday": null });
    let me = ana.patch("/v1/me", daily).await.is(200);
    assert_eq!(me["digest_weekday"], json!(null));
    let fields = ana.patch("/v1/me", json!({ "digest_time": null })).await;
    assert_eq!(fields.is_invalid(), ["/digest_time wrong_type"]);
}
