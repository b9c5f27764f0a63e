//! `POST /v1/circles/{circle_id}/members/{member_id}/remove`

use serde_json::json;

use super::{access, depart};
use crate::harness::TestApp;

#[tokio::test]
async fn of_two_coordinators_who_remove_each_other_one_stays() {
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
async fn nobody_removes_or_suspends_the_patient() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "patient"]).await;
    for verb in ["suspend", "remove"] {
        let reply = depart(&ana, verb, &ben, json!({})).await;
        reply.is_problem(409, "is_the_patient");
    }
    let path = format!("/members/{}", ben.member_id);
    let patient = ana.get(&path).await.is(200);
    assert_eq!(patient["actions"], json!(["change"]));
}

#[tokio::test]
async fn the_patient_removes_anyone_even_the_last_coordinator() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora] = app
        .circle(["coordinator", "patient", "helper", "viewer"])
        .await;
    depart(&ben, "suspend", &dora, json!({})).await.is(200);
    let alone = depart(&ben, "remove", &ana, json!({})).await;
    alone.is_problem(409, "last_coordinator");
    let successor = json!({ "successor": cem.member_id });
    depart(&ben, "remove", &ana, successor).await.is(200);
    assert_eq!(access(&ben, &cem).await, "coordinator");
    ana.get("").await.is_problem(404, "not_found");
}
