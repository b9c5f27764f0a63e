//! An active proxy sets what members see, like the patient.

use serde_json::json;

use super::{put, subjects};
use crate::harness::TestApp;

#[tokio::test]
async fn an_active_proxy_sets_what_members_see_like_the_patient() {
    let app = TestApp::start().await;
    let access = ["coordinator", "helper", "helper", "patient"];
    let [ana, ben, cem, rosa] = app.circle(access).await;
    ana.get("/proxy").await.is_problem(404, "not_found");
    ana.act("/proxy/activate")
        .await
        .is_problem(404, "not_found");
    let named = json!({ "member_id": ben.member_id, "basis": "patient_said" });
    put(&rosa, "/proxy", named).await.is(200);
    let topics = format!("/members/{}/topics", cem.member_id);
    // A dormant proxy has no rights.
    ben.patch(&topics, json!({ "health": "none" }))
        .await
        .is_problem(403, "forbidden");
    ben.act("/proxy/activate")
        .await
        .is_problem(403, "forbidden");

    let proxy = ana.act("/proxy/activate").await.is(200);
    assert_eq!(proxy["state"], "active");
    assert_eq!(ana.act("/proxy/activate").await.is(200), proxy);
    let subject = "A change in Ana's circle".to_owned();
    let told: Vec<_> = [&ben, &cem, &rosa]
        .map(|it| (it.email.clone(), subject.clone()))
        .into();
    assert_eq!(subjects(&app.mails().await), told);
    let member = cem
        .get(&format!("/members/{}", ben.member_id))
        .await
        .is(200);
    assert_eq!(member["is_proxy"], true);

    // What the proxy sets is a limit for coordinators, like what the patient sets.
    ben.patch(&topics, json!({ "health": "none" }))
        .await
        .is(200);
    let above = ana.patch(&topics, json!({ "health": "read" })).await;
    assert_eq!(above.is_invalid(), ["/health above_patient_setting"]);
    ben.patch(&topics, json!({ "health": "read" }))
        .await
        .is(200);
    app.mails().await;
}

#[tokio::test]
async fn a_proxy_who_leaves_is_the_proxy_no_more() {
    let app = TestApp::start().await;
    let [ana, ben, rosa] = app.circle(["coordinator", "helper", "patient"]).await;
    let named = json!({ "member_id": ben.member_id, "basis": "patient_said" });
    put(&rosa, "/proxy", named).await.is(200);
    ana.act("/proxy/activate").await.is(200);
    ben.act("/leave").await.is(200);
    let proxy = ana.get("/proxy").await.is(200);
    assert_eq!(proxy["state"], "revoked");
    app.mails().await;
    let again = app.join(&ana, &ben, json!({ "access": "helper" })).await;
    let member = ana.get(&format!("/members/{again}")).await.is(200);
    assert_eq!(member["is_proxy"], false);
}
