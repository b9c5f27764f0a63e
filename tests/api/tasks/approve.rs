//! `POST /v1/circles/{circle_id}/tasks/{task_id}/approve`

use serde_json::json;

use crate::harness::TestApp;

#[tokio::test]
async fn a_suggested_task_waits_for_approval() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = ben.task(json!({ "title": "A walk" })).await;
    assert_eq!(task["state"], "proposed");
    ben.task_act(&task, "claim")
        .await
        .is_problem(409, "invalid_transition");
    let task = ana.task_act(&task, "approve").await.is(200);
    assert_eq!(task["state"], "open");
    ben.task_act(&task, "claim").await.is(200);
}
