//! Who decides for the patient when the patient cannot.

use serde_json::json;

use super::put;
use crate::harness::TestApp;

#[tokio::test]
async fn the_patient_names_a_proxy_alone() {
    let app = TestApp::start().await;
    let [ana, ben, rosa] = app.circle(["coordinator", "caregiver", "patient"]).await;
    let recorded = json!({
        "member_id": ana.member_id, "basis": "legal_document", "said_on": "2026-11-01",
    });
    let refused = put(&ana, "/proxy", recorded).await;
    assert_eq!(
        refused.is_problem(403, "forbidden")["detail"],
        "The patient is a member of this circle. Only the patient can name a proxy."
    );
    let named = json!({ "member_id": ben.member_id, "basis": "patient_said" });
    let proxy = put(&rosa, "/proxy", named.clone()).await.is(200);
    assert_eq!(
        (&proxy["state"], &proxy["named_by_patient"], &proxy["basis"]),
        (&json!("dormant"), &json!(true), &json!("patient_said"))
    );
    assert_eq!(put(&rosa, "/proxy", named).await.is(200), proxy);
    let themselves = json!({ "member_id": rosa.member_id, "basis": "patient_said" });
    let refused = put(&rosa, "/proxy", themselves).await;
    assert_eq!(refused.is_invalid(), ["/member_id member_cannot_take_part"]);
    // Another proxy takes the place of the first.
    let other = json!({ "member_id": ana.member_id, "basis": "legal_document" });
    let other = put(&rosa, "/proxy", other).await.is(200);
    assert_ne!(other["id"], proxy["id"]);
    assert_eq!(ben.get("/proxy").await.is(200)["id"], other["id"]);
    assert!(app.mails().await.is_empty());
}

#[tokio::test]
async fn a_coordinator_records_what_a_patient_without_an_account_said() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let mut proxy = json!({ "member_id": ben.member_id, "basis": "patient_said" });
    let undated = put(&ana, "/proxy", proxy.clone()).await;
    assert_eq!(undated.is_invalid(), ["/said_on required"]);
    proxy["said_on"] = json!("2026-12-02");
    let tomorrow = put(&ana, "/proxy", proxy.clone()).await;
    assert_eq!(tomorrow.is_invalid(), ["/said_on in_the_future"]);
    proxy["said_on"] = json!("2026-12-01");
    let recorded = put(&ana, "/proxy", proxy.clone()).await.is(200);
    assert_eq!(
        (&recorded["said_on"], &recorded["recorded_by_member_id"]),
        (&json!("2026-12-01"), &json!(ana.member_id))
    );
    put(&ben, "/proxy", proxy)
        .await
        .is_problem(403, "forbidden");
}
