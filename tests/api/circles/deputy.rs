//! A deputy becomes coordinator when the last coordinator goes.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::subjects;
use crate::harness::{Client, Person, TestApp};

async fn name(by: &Client, deputy: &Person) {
    let body = json!({ "deputy_member_id": deputy.member_id });
    let circle = by.patch("", body).await.is(200);
    assert_eq!(circle["deputy_member_id"], json!(deputy.member_id));
}

async fn access(by: &Client, of: &Person) -> Value {
    let member = by.get(&format!("/members/{}", of.member_id)).await.is(200);
    member["access"].clone()
}

#[tokio::test]
async fn the_deputy_becomes_coordinator_when_the_last_coordinator_leaves() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    ana.act("/leave").await.is_problem(409, "last_coordinator");
    name(&ana, &ben).await;
    ana.act("/leave").await.is(200);
    assert_eq!(access(&ben, &ben).await, "coordinator");
    let circle = cem.get("").await.is(200);
    assert_eq!(circle["deputy_member_id"], Value::Null);
    let subject = "Ana's circle has a new coordinator".to_owned();
    let told = [
        (ben.email.clone(), subject.clone()),
        (cem.email.clone(), subject),
    ];
    assert_eq!(subjects(&app.mails().await), told);
}

#[tokio::test]
async fn the_deputy_becomes_coordinator_when_the_patient_removes_the_last_coordinator() {
    let app = TestApp::start().await;
    let [ana, ben, rosa] = app.circle(["coordinator", "caregiver", "patient"]).await;
    name(&ana, &ben).await;
    let remove = format!("/members/{}/remove", ana.member_id);
    rosa.post(&remove, json!({})).await.is(200);
    assert_eq!(access(&rosa, &ben).await, "coordinator");
    app.mails().await;
}

#[tokio::test]
async fn the_last_coordinator_with_a_deputy_can_delete_their_account() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    ana.put("/v1/me/deletion")
        .await
        .is_problem(409, "last_coordinator");
    name(&ana, &ben).await;
    ana.put("/v1/me/deletion").await.is(200);
    assert_eq!(access(&ben, &ben).await, "coordinator");
    app.mails().await;
}

#[tokio::test]
async fn a_deputy_who_goes_is_the_deputy_no_more() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    name(&ana, &ben).await;
    ben.act("/leave").await.is(200);
    assert_eq!(ana.get("").await.is(200)["deputy_member_id"], Value::Null);
    ana.act("/leave").await.is_problem(409, "last_coordinator");
    name(&ana, &cem).await;
    let nobody = ana.patch("", json!({ "deputy_member_id": null })).await;
    assert_eq!(nobody.is(200)["deputy_member_id"], Value::Null);
    ana.act("/leave").await.is_problem(409, "last_coordinator");
    let myself = ana.patch("", json!({ "deputy_member_id": ana.member_id }));
    assert_eq!(
        myself.await.is_invalid(),
        ["/deputy_member_id successor_not_needed"]
    );
    let former = ana.patch("", json!({ "deputy_member_id": ben.member_id }));
    assert_eq!(
        former.await.is_invalid(),
        ["/deputy_member_id unknown_member"]
    );
    app.mails().await;
}

#[tokio::test]
async fn naming_a_deputy_needs_a_recently_confirmed_identity() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    app.advance(TimeDelta::minutes(10));
    let refresh = json!({ "refresh_token": ana.tokens["refresh_token"] });
    let tokens = ana.post("/v1/sessions/refresh", refresh).await.is(200);
    let later = app.client(&tokens).inside(ana.circle_id());
    later
        .patch("", json!({ "deputy_member_id": ben.member_id }))
        .await
        .is_problem(403, "reauthentication_required");
}
