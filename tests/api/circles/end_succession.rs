//! An objection to a succession, and taking it back.

use chrono::TimeDelta;
use serde_json::json;

use super::{long_ago, put, subjects};
use crate::harness::TestApp;

#[tokio::test]
async fn nobody_becomes_coordinator_after_a_coordinator_has_objected() {
    let app = TestApp::start().await;
    let [ana, ben, rosa] = app.circle(["coordinator", "helper", "patient"]).await;
    long_ago(&app, ana.circle_id()).await;
    ana.delete("/succession").await.is(204);
    let named = json!({ "member_id": ben.member_id });
    put(&rosa, "/succession", named).await.is(200);
    app.mails().await;
    ben.delete("/succession").await.is_problem(403, "forbidden");
    ana.delete("/succession").await.is(204);
    ana.delete("/succession").await.is(204);
    assert_eq!(rosa.get("/succession").await.is(200)["state"], "refused");
    let subject = "No new coordinator for Ana's circle".to_owned();
    let told: Vec<_> = [&ben, &rosa]
        .map(|it| (it.email.clone(), subject.clone()))
        .into();
    // Eli is the patient.
    assert_eq!(subjects(&app.mails().await), told);
    app.advance(TimeDelta::hours(73));
    assert!(app.mails().await.is_empty());
    let ben = ben.later().await;
    assert_eq!(ben.get("").await.is(200)["my_access"], "helper");
}

#[tokio::test]
async fn those_who_asked_for_it_take_it_back() {
    let app = TestApp::start().await;
    let access = ["coordinator", "caregiver", "caregiver"];
    let [ana, ben, cem] = app.circle(access).await;
    long_ago(&app, ana.circle_id()).await;
    let named = json!({ "member_id": cem.member_id });
    put(&ben, "/succession", named).await.is(200);
    let refused = cem.delete("/succession").await.is_problem(403, "forbidden");
    assert_eq!(
        refused["detail"],
        "Only coordinators, the patient and the members who asked for this succession can end it."
    );
    ben.delete("/succession").await.is(204);
    assert_eq!(ben.get("/succession").await.is(200)["state"], "withdrawn");
    // Nobody was told of it, so nobody is told that it has ended.
    assert!(app.mails().await.is_empty());
}
