//! The patient ends a proxy at any time.

use serde_json::json;

use super::put;
use crate::harness::TestApp;

#[tokio::test]
async fn the_patient_revokes_an_active_proxy_and_a_coordinator_does_not() {
    let app = TestApp::start().await;
    let access = ["coordinator", "helper", "helper", "patient"];
    let [ana, ben, cem, rosa] = app.circle(access).await;
    rosa.delete("/proxy").await.is(204);
    let named = json!({ "member_id": ben.member_id, "basis": "legal_document" });
    put(&rosa, "/proxy", named.clone()).await.is(200);
    ana.act("/proxy/activate").await.is(200);
    let refused = ana.delete("/proxy").await.is_problem(403, "forbidden");
    assert_eq!(
        refused["detail"],
        "The patient named the proxy. Only the patient and the proxy can revoke this proxy."
    );
    rosa.delete("/proxy").await.is(204);
    rosa.delete("/proxy").await.is(204);
    assert_eq!(ana.get("/proxy").await.is(200)["state"], "revoked");
    ana.act("/proxy/activate")
        .await
        .is_problem(409, "invalid_transition");
    let topics = format!("/members/{}/topics", cem.member_id);
    ben.patch(&topics, json!({ "health": "none" }))
        .await
        .is_problem(403, "forbidden");
    // The proxy gives it back themselves.
    put(&rosa, "/proxy", named).await.is(200);
    ben.delete("/proxy").await.is(204);
    app.mails().await;
}

#[tokio::test]
async fn a_coordinator_revokes_a_proxy_that_a_coordinator_recorded() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let recorded = json!({
        "member_id": ben.member_id, "basis": "patient_said", "said_on": "2026-11-30",
    });
    put(&ana, "/proxy", recorded).await.is(200);
    ana.delete("/proxy").await.is(204);
    assert_eq!(ben.get("/proxy").await.is(200)["state"], "revoked");
}
