//! What happens to the work and the data of a member who leaves, is suspended or removed.

use serde_json::json;

use super::{claimed, depart, read};
use crate::harness::TestApp;

#[tokio::test]
async fn released_work_is_offered_to_the_named_member() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let held = claimed(&ana, &ben, json!({ "title": "Cook" })).await;
    let asked = ana.task(json!({ "title": "Shop" })).await;
    let offer = format!("/tasks/{}/offer", asked["id"].as_str().unwrap());
    let member = json!({ "member_id": ben.member_id });
    ana.post(&offer, member).await.is(200);
    let reassign_to_member_id = json!({ "reassign_to_member_id": cem.member_id });
    let removed = depart(&ana, "remove", &ben, reassign_to_member_id)
        .await
        .is(200);
    assert_eq!(removed["released"].as_array().unwrap().len(), 2);
    let held = read(&cem, &held).await;
    assert_eq!(
        (&held["my_assignment"], &held["coverage"]),
        (&json!("offered"), &json!("none"))
    );
    assert_eq!(read(&cem, &asked).await["my_assignment"], json!(null));
    cem.task_act(&held, "accept").await.is(200);
}

#[tokio::test]
async fn released_work_is_not_offered_to_a_member_who_cannot_see_or_claim_it() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora] = app
        .circle(["coordinator", "caregiver", "helper", "viewer"])
        .await;
    for other in [&cem, &dora] {
        let health = claimed(
            &ana,
            &ben,
            json!({ "title": "Injection", "topic": "health" }),
        )
        .await;
        let daily = claimed(&ana, &ben, json!({ "title": "Shop" })).await;
        let reassign_to_member_id = json!({ "reassign_to_member_id": other.member_id });
        depart(&ana, "suspend", &ben, reassign_to_member_id)
            .await
            .is(200);
        let offered = async |task| {
            let task = read(&ana, task).await;
            task["assignments"].as_array().unwrap().len() == 2
        };
        let takes_on = other.member_id == cem.member_id;
        assert_eq!(
            (offered(&health).await, offered(&daily).await),
            (false, takes_on)
        );
        let reinstate = format!("/members/{}/reinstate", ben.member_id);
        ana.act(&reinstate).await.is(200);
    }
}

#[tokio::test]
async fn released_work_that_the_caller_cannot_see_is_not_listed() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "patient"]).await;
    let task = claimed(
        &cem,
        &ben,
        json!({ "title": "Injection", "topic": "health" }),
    )
    .await;
    let grant = format!("/members/{}/topics", ana.member_id);
    cem.patch(&grant, json!({ "health": "none" })).await.is(200);
    let removed = depart(&ana, "remove", &ben, json!({})).await.is(200);
    assert_eq!(removed["released"], json!([]));
    assert_eq!(read(&cem, &task).await["coverage"], "none");
}

#[tokio::test]
async fn a_member_who_comes_back_keeps_their_member_id() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let task = claimed(&ana, &ben, json!({ "title": "Cook" })).await;
    ben.task_act(&task, "complete").await.is(200);
    ben.post("/leave", json!({})).await.is(200);
    let member = app.join(&ana, &ben, json!({ "access": "helper" })).await;
    assert_eq!(member, ben.member_id);
    let back = ana.get(&format!("/members/{member}")).await.is(200);
    assert_eq!(
        (
            &back["state"],
            &back["access"],
            &back["topic_levels"]["health"]
        ),
        (&json!("active"), &json!("helper"), &json!("none"))
    );
    let task = read(&ben, &task).await;
    assert_eq!(
        (&task["completed_by_member_id"], &task["my_assignment"]),
        (&json!(member), &json!("completed"))
    );
    let members = ana.get("/members").await.is(200);
    assert_eq!(members["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_stored_answer_is_not_given_to_a_suspended_member() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let key = ("idempotency-key", "once");
    let ask = || {
        ben.with(
            key,
            &axum::http::Method::POST,
            "/tasks",
            Some(json!({ "title": "a" })),
        )
    };
    ask().await.is(201);
    depart(&ana, "suspend", &ben, json!({})).await.is(200);
    ask().await.is_problem(404, "not_found");
    ana.act(&format!("/members/{}/reinstate", ben.member_id))
        .await
        .is(200);
    let replayed = ask().await;
    assert_eq!(replayed.header("idempotency-replayed"), "true");
    replayed.is(201);
}

#[tokio::test]
async fn the_contact_details_of_a_former_member_are_hidden() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let me = format!("/members/{}", ben.member_id);
    let phone = json!({ "phone": "+49 30 1234567" });
    ben.patch(&me, phone).await.is(200);
    let here = ana.get(&me).await.is(200);
    assert_eq!(here["email"], ben.email.as_str());
    assert_eq!(here["phone"], "+49 30 1234567");
    depart(&ana, "suspend", &ben, json!({})).await.is(200);
    assert_eq!(ana.get(&me).await.is(200)["email"], ben.email.as_str());
    depart(&ana, "remove", &ben, json!({})).await.is(200);
    let gone = ana.get(&me).await.is(200);
    assert_eq!(
        (&gone["email"], &gone["phone"]),
        (&json!(null), &json!(null))
    );
    assert_eq!(gone["name"], "Ben Test");
}
