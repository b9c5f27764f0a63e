//! ETags that a compressing proxy has changed.

use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::TestApp;

/// What nginx, Caddy, Apache and Jetty make of an ETag.
fn changed(tag: &str) -> Vec<String> {
    let inner = tag.trim_start_matches("W/").trim_matches('"');
    vec![
        tag.to_owned(),
        format!("W/\"{inner}\""),
        format!("\"{inner}-gzip\""),
        format!("W/\"{inner}-br\""),
        format!("\"{inner};gzip\""),
        format!("\"{inner}--gzip\""),
        format!("\"none\" , ,\"with,comma\",W/\"{inner}\""),
    ]
}

#[tokio::test]
async fn an_etag_that_a_compressing_proxy_changed_still_works() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let task = ana.task(json!({ "title": "Shopping" })).await;
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    let circle = format!("/v1/circles/{}", ana.circle_id());
    for (path, field) in [
        (path.as_str(), "title"),
        (&circle, "name"),
        ("/v1/me", "name"),
    ] {
        for (number, _) in changed("").iter().enumerate() {
            let tag = ana.get(path).await.header("etag").to_owned();
            let sent = changed(&tag).remove(number);
            let seen = ("if-none-match", sent.as_str());
            let cached = ana.with(seen, &Method::GET, path, None).await;
            assert_eq!(cached.status, 304, "{path} {sent}");
            assert_eq!(cached.header("etag"), tag);
            let match_it = ("if-match", sent.as_str());
            let change = json!({ field: format!("Number {number}") });
            let saved = ana.with(match_it, &Method::PATCH, path, Some(change)).await;
            assert_eq!(saved.status, 200, "{path} {sent}: {}", saved.text);
            let change: Value = json!({ field: "Too late" });
            let late = ana.with(match_it, &Method::PATCH, path, Some(change)).await;
            late.is_problem(412, "version_mismatch");
        }
    }
    let list = ana.get("/tasks").await.header("etag").to_owned();
    for sent in changed(&list) {
        let seen = ("if-none-match", sent.as_str());
        let cached = ana.with(seen, &Method::GET, "/tasks", None).await;
        assert_eq!(cached.status, 304, "{sent}");
        // The ETag of a list is not the version of an item in it.
        let change = Some(json!({ "title": "By a list" }));
        let saved = ana
            .with(("if-match", &sent), &Method::PATCH, &path, change)
            .await;
        saved.is_problem(412, "version_mismatch");
    }
    let any = ana
        .with(("if-none-match", "*"), &Method::GET, &path, None)
        .await;
    assert_eq!(any.status, 304);
}
