//! `POST /v1/circles/{circle_id}/members/{member_id}/remove`

use serde_json::json;

use super::{access, depart};
use crate::harness::TestApp;

#[tokio::test]
async fn only_one_of_two_coordinators_can_remove_the_other() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "coordinator"]).await;
    let (first, second) = futures_util::join!(
        depart(&ana, "remove", &ben, json!({})),
        depart(&ben, "remove", &ana, json!({}))
    );
    let (removed, too_late) = match first.status.as_u16() {
        200 => (first, second),
        _ => (second, first),
    };
    removed.is(200);
    too_late.is_problem(404, "not_found");
}

#[tokio::test]
async fn a_coordinator_cannot_suspend_or_remove_the_patient() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "patient"]).await;
    for verb in ["suspend", "remove"] {
        let reply = depart(&ana, verb, &ben, json!({})).await;
        reply.is_problem(409, "patient_protected");
    }
    let path = format!("/members/{}", ben.member_id);
    let patient = ana.get(&path).await.is(200);
    assert_eq!(patient["actions"], json!(["update"]));
}

#[tokio::test]
async fn the_patient_can_remove_anybody_even_the_last_coordinator() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora] = app
        .circle(["coordinator", "patient", "helper", "viewer"])
        .await;
    depart(&ben, "suspend", &dora, json!({})).await.is(200);
    let alone = depart(&ben, "remove", &ana, json!({})).await;
    alone.is_problem(409, "last_coordinator");
    let successor = json!({ "successor_member_id": cem.member_id });
    depart(&ben, "remove", &ana, successor).await.is(200);
    assert_eq!(access(&ben, &cem).await, "coordinator");
    ana.get("").await.is_problem(404, "not_found");
}
