//! `POST /v1/circles/{circle_id}/tasks/{task_id}/claim`

use serde_json::json;

use crate::harness::TestApp;

#[tokio::test]
async fn only_one_of_two_members_can_claim_the_last_place_of_a_task() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    for _ in 0..10 {
        let task = ana.task(json!({ "title": "Drive" })).await;
        let (first, second) =
            futures_util::join!(ben.task_act(&task, "claim"), cem.task_act(&task, "claim"));
        let (winner, loser) = match first.status.as_u16() {
            200 => (first, second),
            _ => (second, first),
        };
        assert_eq!(winner.is(200)["coverage"], "full");
        loser.is_problem(409, "fully_covered");
    }
}

#[tokio::test]
async fn claiming_an_overlapping_task_asks_for_confirmation() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let window =
        |from: &str, to: &str| json!({ "title": "Sit", "starts_local": from, "due_local": to });
    let first = ana
        .task(window("2027-01-02T10:00", "2027-01-02T12:00"))
        .await;
    let second = ana
        .task(window("2027-01-02T11:00", "2027-01-02T13:00"))
        .await;
    let third = ana
        .task(window("2027-01-02T12:00", "2027-01-02T13:00"))
        .await;
    ana.task_act(&first, "claim").await.is(200);
    let problem = ana
        .task_act(&second, "claim")
        .await
        .is_problem(409, "overlap");
    assert_eq!(
        problem["conflicts"],
        json!([{ "type": "task", "id": first["id"] }])
    );
    ana.task_act(&third, "claim").await.is(200);
    let path = format!("/tasks/{}/claim", second["id"].as_str().unwrap());
    ana.post(&path, json!({ "allow_overlap": true }))
        .await
        .is(200);
}

#[tokio::test]
async fn a_member_who_loses_access_to_a_task_loses_their_assignment() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let member = format!("/members/{}", ben.member_id);
    let hide = json!({ "daily": "none" });
    let demote = json!({ "access": "viewer" });
    for what in ["hide", "demote", "move"] {
        let task = ana.task(json!({ "title": "Cook" })).await;
        let path = format!("/tasks/{}", task["id"].as_str().unwrap());
        ben.task_act(&task, "claim").await.is(200);
        match what {
            "hide" => ana.patch(&format!("{member}/topics"), hide.clone()).await,
            "demote" => ana.patch(&member, demote.clone()).await,
            _ => ana.patch(&path, json!({ "topic": "health" })).await,
        }
        .is(200);
        let task = ana.get(&path).await.is(200);
        let of_ben = &task["assignments"][0];
        assert_eq!(
            (&of_ben["state"], &task["coverage"]),
            (&json!("released"), &json!("none")),
            "{what}"
        );
        if what != "move" {
            cem.task_act(&task, "claim").await.is(200);
        }
        ana.patch(&member, json!({ "access": "helper" }))
            .await
            .is(200);
        let show = json!({ "daily": "read" });
        ana.patch(&format!("{member}/topics"), show).await.is(200);
    }
}
