//! `GET /v1/circles/{circle_id}/tasks/{task_id}`

use serde_json::json;

use crate::harness::TestApp;

#[tokio::test]
async fn a_task_that_the_member_cannot_see_is_not_found() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = ana
        .task(json!({ "title": "Injection", "category": "medication" }))
        .await;
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    ben.get(&path).await.is_problem(404, "not_found");
    assert_eq!(ben.get("/tasks").await.is(200)["data"], json!([]));
    let grant = format!("/members/{}/topics", ben.member_id);
    ana.patch(&grant, json!({ "health": "read" })).await.is(200);
    ben.get(&path).await.is(200);
}
