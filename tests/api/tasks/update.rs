//! `PATCH /v1/circles/{circle_id}/tasks/{task_id}`

use axum::http::Method;
use serde_json::json;

use crate::harness::TestApp;

#[tokio::test]
async fn a_change_meant_for_an_older_version_is_refused() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let created = ana.post("/tasks", json!({ "title": "One" })).await;
    let etag = created.header("etag").to_owned();
    let task = created.is(201);
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    let change = |title: &str| Some(json!({ "title": title }));
    let seen = ("if-match", etag.as_str());
    ana.with(seen, &Method::PATCH, &path, change("Two"))
        .await
        .is(200);
    let late = ana.with(seen, &Method::PATCH, &path, change("Three")).await;
    late.is_problem(412, "version_mismatch");
}

#[tokio::test]
async fn a_field_that_is_cleared_and_sent_is_refused() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let task = ana.task(json!({ "title": "Cook", "notes": "Soup" })).await;
    let path = format!("/tasks/{}?clear=notes", task["id"].as_str().unwrap());
    let both = ana.patch(&path, json!({ "notes": "Rice" })).await;
    assert_eq!(both.is_invalid(), ["/notes cleared_and_sent"]);
    let cleared = ana.patch(&path, json!({ "notes": null })).await;
    assert_eq!(cleared.is(200)["notes"], json!(null));
}
