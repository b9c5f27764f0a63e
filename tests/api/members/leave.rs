//! `POST /v1/circles/{circle_id}/leave`

use serde_json::json;

use super::{access, depart};
use crate::harness::{Person, Reply, TestApp};

#[tokio::test]
async fn the_last_coordinator_cannot_leave_without_a_successor() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "viewer"]).await;
    let alone = ana.post("/leave", json!({})).await;
    alone.is_problem(409, "last_coordinator");
    depart(&ana, "suspend", &cem, json!({})).await.is(200);
    for nobody in [&ana, &cem] {
        let leave = ana
            .post("/leave", json!({ "successor_member_id": nobody.member_id }))
            .await;
        assert_eq!(leave.is_invalid(), ["/successor_member_id unknown_member"]);
    }
    let leave = ana
        .post("/leave", json!({ "reassign_to_member_id": ana.member_id }))
        .await;
    assert_eq!(leave.status.as_u16(), 409, "{}", leave.text);
    let successor =
        json!({ "successor_member_id": ben.member_id, "reassign_to_member_id": ben.member_id });
    let left = ana.post("/leave", successor).await.is(200);
    assert_eq!(left["state"], "left");
    ana.get("").await.is_problem(404, "not_found");
    let circle = ben.get("").await.is(200);
    assert_eq!(circle["my_access"], "coordinator");
    let me = ben
        .get(&format!("/members/{}", ben.member_id))
        .await
        .is(200);
    assert_eq!(me["topic_levels"]["health"], "write");
}

#[tokio::test]
async fn a_successor_is_accepted_only_when_the_last_coordinator_departs() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora, eli] = app
        .circle(["coordinator", "helper", "viewer", "viewer", "patient"])
        .await;
    let successor = |person: &Person| json!({ "successor_member_id": person.member_id });
    let not_needed = |reply: Reply| {
        assert_eq!(
            reply.is_invalid(),
            ["/successor_member_id successor_not_needed"]
        );
    };
    not_needed(cem.post("/leave", successor(&ben)).await);
    not_needed(depart(&eli, "remove", &dora, successor(&ben)).await);
    assert_eq!(access(&ana, &ben).await, "helper");
    let change = json!({ "access": "coordinator" });
    let path = format!("/members/{}", ben.member_id);
    ana.patch(&path, change).await.is(200);
    not_needed(ana.post("/leave", successor(&eli)).await);
    assert_eq!(access(&ben, &eli).await, "helper");
}

#[tokio::test]
async fn only_one_of_two_coordinators_can_leave_at_once() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "coordinator"]).await;
    let (first, second) =
        futures_util::join!(ana.post("/leave", json!({})), ben.post("/leave", json!({})));
    let (left, stays) = match first.status.as_u16() {
        200 => (first, second),
        _ => (second, first),
    };
    left.is(200);
    stays.is_problem(409, "last_coordinator");
}

#[tokio::test]
async fn a_patient_who_leaves_is_no_longer_linked_to_the_circle() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "patient"]).await;
    let circle = ana.get("").await.is(200);
    assert_eq!(circle["patient"]["member_id"], ben.member_id);
    ben.post("/leave", json!({})).await.is(200);
    let circle = ana.get("").await.is(200);
    assert_eq!(circle["patient"]["member_id"], json!(null));
    let member = app.join(&ana, &ben, json!({ "access": "viewer" })).await;
    let back = ana.get(&format!("/members/{member}")).await.is(200);
    assert_eq!(
        (&back["is_patient"], &back["topic_levels"]["health"]),
        (&json!(false), &json!("none"))
    );
}

#[tokio::test]
async fn members_cannot_suspend_or_remove_themselves() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "coordinator"]).await;
    for verb in ["suspend", "remove"] {
        let own = depart(&ana, verb, &ana, json!({})).await;
        own.is_problem(409, "cannot_target_yourself");
    }
    ben.post("/leave", json!({})).await.is(200);
    ben.post("/leave", json!({}))
        .await
        .is_problem(404, "not_found");
    let suspend = depart(&ana, "suspend", &ben, json!({})).await;
    let problem = suspend.is_problem(409, "invalid_transition");
    assert_eq!(problem["state"], "left");
}
