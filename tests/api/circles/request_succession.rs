//! Nobody coordinates the circle any more, and others ask for a new coordinator.

use chrono::TimeDelta;
use serde_json::json;

use super::{long_ago, put, subjects};
use crate::harness::TestApp;

#[tokio::test]
async fn two_caregivers_get_a_coordinator_after_three_days_without_an_objection() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora] = app
        .circle(["coordinator", "caregiver", "caregiver", "helper"])
        .await;
    app.mails().await;
    let named = json!({ "member_id": ben.member_id });
    put(&ben, "/succession", named.clone())
        .await
        .is_problem(409, "coordinator_active");
    ben.get("/succession").await.is_problem(404, "not_found");
    long_ago(&app, ana.circle_id()).await;
    put(&dora, "/succession", named.clone())
        .await
        .is_problem(403, "forbidden");

    // One caregiver is not enough, not even twice.
    let asked = put(&ben, "/succession", named.clone()).await.is(200);
    assert_eq!(
        (&asked["state"], &asked["grant_at"]),
        (&json!("proposed"), &json!(null))
    );
    assert_eq!(put(&ben, "/succession", named.clone()).await.is(200), asked);
    assert!(app.mails().await.is_empty());
    let other = json!({ "member_id": cem.member_id });
    put(&cem, "/succession", other)
        .await
        .is_problem(409, "invalid_transition");
    let seen = cem.get("/succession").await.is(200);
    assert_eq!(seen["actions"], json!(["support"]));
    let asked = put(&cem, "/succession", named).await.is(200);
    assert_eq!(
        (&asked["state"], &asked["grant_at"]),
        (&json!("requested"), &json!("2026-12-04T08:00:00.000Z"))
    );
    let mails = app.mails().await;
    let subject = "A new coordinator for Ana's circle?".to_owned();
    let told: Vec<_> = [&ana, &ben, &dora]
        .map(|it| (it.email.clone(), subject.clone()))
        .into();
    assert_eq!(subjects(&mails), told);
    assert!(
        mails[0].text.contains("Fri 4 December 2026, 09:00"),
        "{mails:#?}"
    );

    app.advance(TimeDelta::hours(71));
    assert!(app.mails().await.is_empty());
    app.advance(TimeDelta::hours(1));
    let mails = app.mails().await;
    let subject = "Ana's circle has a new coordinator".to_owned();
    let told: Vec<_> = [&ana, &ben, &cem, &dora]
        .map(|it| (it.email.clone(), subject.clone()))
        .into();
    assert_eq!(subjects(&mails), told);
    let ben = ben.later().await;
    assert_eq!(ben.get("").await.is(200)["my_access"], "coordinator");
    let granted = ben.get("/succession").await.is(200);
    assert_eq!(granted["state"], "granted");
}

#[tokio::test]
async fn the_patient_asks_alone() {
    let app = TestApp::start().await;
    let [ana, ben, rosa] = app.circle(["coordinator", "helper", "patient"]).await;
    long_ago(&app, ana.circle_id()).await;
    let coordinator = json!({ "member_id": ana.member_id });
    let refused = put(&rosa, "/succession", coordinator).await;
    assert_eq!(refused.is_invalid(), ["/member_id successor_not_needed"]);
    let named = json!({ "member_id": ben.member_id });
    let asked = put(&rosa, "/succession", named).await.is(200);
    assert_eq!(asked["state"], "requested");
    app.mails().await;
    app.advance(TimeDelta::hours(72));
    app.mails().await;
    let ben = ben.later().await;
    assert_eq!(ben.get("").await.is(200)["my_access"], "coordinator");
}

#[tokio::test]
async fn a_member_who_has_gone_does_not_become_coordinator() {
    let app = TestApp::start().await;
    let [ana, ben, rosa] = app.circle(["coordinator", "helper", "patient"]).await;
    long_ago(&app, ana.circle_id()).await;
    let named = json!({ "member_id": ben.member_id });
    put(&rosa, "/succession", named).await.is(200);
    ben.act("/leave").await.is(200);
    app.mails().await;
    app.advance(TimeDelta::hours(72));
    app.mails().await;
    let rosa = rosa.later().await;
    let lapsed = rosa.get("/succession").await.is(200);
    assert_eq!(lapsed["state"], "lapsed");
}
