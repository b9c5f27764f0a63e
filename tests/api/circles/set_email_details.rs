//! `PUT …/email-details`

use serde_json::json;

use super::put;
use crate::harness::TestApp;

#[tokio::test]
async fn only_the_patient_forbids_that_emails_say_what_they_are_about() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "patient"]).await;
    let path = format!("/v1/circles/{}", ana.circle_id());
    let before = ana.get(&path).await.is(200);
    assert_eq!(before["email_details_forbidden"], false);
    let forbid = json!({ "forbidden": true });
    let refused = put(&ana, "/email-details", forbid.clone()).await;
    assert_eq!(refused.status, 403, "{}", refused.text);

    let after = put(&ben, "/email-details", forbid.clone()).await.is(200);
    assert_eq!(after["email_details_forbidden"], true);
    let again = put(&ben, "/email-details", forbid).await.is(200);
    assert_eq!(again["version"], after["version"]);
    let read = ana.get(&path).await.is(200);
    assert_eq!(read["email_details_forbidden"], true);
    let allowed = put(&ben, "/email-details", json!({ "forbidden": false })).await;
    assert_eq!(allowed.is(200)["email_details_forbidden"], false);
    assert!(app.mails().await.is_empty());
}

#[tokio::test]
async fn an_active_proxy_forbids_it_for_the_patient() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let forbid = json!({ "forbidden": true });
    let refused = put(&ben, "/email-details", forbid.clone()).await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    let proxy = json!({
        "member_id": ben.member_id, "basis": "patient_said", "said_on": "2026-11-01",
    });
    put(&ana, "/proxy", proxy).await.is(200);
    ana.act("/proxy/activate").await.is(200);
    put(&ben, "/email-details", forbid).await.is(200);
}
