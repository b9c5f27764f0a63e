//! `POST /v1/circles/{circle_id}/tasks/{task_id}/reopen`

use chrono::TimeDelta;
use serde_json::json;

use crate::harness::TestApp;

#[tokio::test]
async fn a_completed_task_can_be_reopened_for_one_day() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = ana.task(json!({ "title": "Post" })).await;
    ben.task_act(&task, "claim").await.is(200);
    let done = ben.task_act(&task, "complete").await.is(200);
    assert_eq!(
        (&done["state"], &done["my_assignment"]),
        (&json!("completed"), &json!("completed"))
    );
    let open = ben.task_act(&task, "reopen").await.is(200);
    assert_eq!(
        (&open["state"], &open["my_assignment"]),
        (&json!("open"), &json!("accepted"))
    );
    ben.task_act(&task, "complete").await.is(200);
    app.advance(TimeDelta::hours(24));
    let path = format!("/tasks/{}/reopen", task["id"].as_str().unwrap());
    ben.later()
        .await
        .act(&path)
        .await
        .is_problem(409, "too_late");
}

#[tokio::test]
async fn a_former_member_does_not_hold_a_reopened_task() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let task = ana
        .task(json!({ "title": "Cook", "people_needed": 2 }))
        .await;
    ben.task_act(&task, "claim").await.is(200);
    cem.task_act(&task, "claim").await.is(200);
    ana.task_act(&task, "complete").await.is(200);
    ben.post("/leave", json!({})).await.is(200);
    let open = ana.task_act(&task, "reopen").await.is(200);
    assert_eq!(
        (&open["state"], &open["coverage"]),
        (&json!("open"), &json!("partial"))
    );
    let mut states: Vec<_> = open["assignments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|held| {
            [&held["name"], &held["state"]]
                .map(|text| text.as_str().unwrap())
                .join(" ")
        })
        .collect();
    states.sort_unstable();
    assert_eq!(states, ["Ben Test released", "Cem Test accepted"]);
    ana.task_act(&task, "claim").await.is(200);
}
