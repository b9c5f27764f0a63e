//! ETags: an unchanged answer is 304.

use axum::http::Method;
use serde_json::json;

use crate::harness::TestApp;

#[tokio::test]
async fn an_unchanged_list_answers_304_until_something_changes() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = ana.task(json!({ "title": "a" })).await;
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    for path in ["/tasks", "/members", &path, ""] {
        let etag = ana.get(path).await.header("etag").to_owned();
        let seen = ("if-none-match", etag.as_str());
        let again = ana.with(seen, &Method::GET, path, None).await;
        assert_eq!(
            (again.status.as_u16(), again.text.as_str()),
            (304, ""),
            "{path}"
        );
        let others = ben.with(seen, &Method::GET, path, None).await;
        assert_eq!(others.status, 200, "{path}");
        ana.task(json!({ "title": "b" })).await;
        let changed = ana.with(seen, &Method::GET, path, None).await;
        assert_eq!(changed.status, 200, "{path}");
    }
}

#[tokio::test]
async fn an_etag_of_one_person_is_not_valid_for_another() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let task = ana.task(json!({ "title": "a" })).await;
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    // This makes the versions of both members equal.
    for person in [&ana, &ben] {
        let member = format!("/members/{}", person.member_id);
        person
            .patch(&member, json!({ "phone": "112" }))
            .await
            .is(200);
    }
    for path in ["", "/members", "/tasks", "/task-lists", &path] {
        let seen = ana.get(path).await;
        assert_eq!(seen.header("vary"), "authorization");
        let seen = ("if-none-match", seen.header("etag"));
        let others = ben.with(seen, &Method::GET, path, None).await;
        assert_eq!(others.status, 200, "{path}");
    }
}
