//! `PATCH /v1/circles/{circle_id}/messages/{message_id}`

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::json;

use crate::harness::TestApp;
use crate::threads::{about, id, messages, say};

#[tokio::test]
async fn the_author_can_edit_a_message_for_fifteen_minutes() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let thread = about(&ana, "daily").await;
    let message = say(&ben, &thread, "At nine").await;
    let path = format!("/messages/{}", id(&message));
    let edit = |body: &str| json!({ "body": body });
    ana.patch(&path, edit("At noon"))
        .await
        .is_problem(403, "forbidden");
    let same = ben.patch(&path, edit("At nine")).await.is(200);
    assert_eq!(
        (&same["version"], &same["edited_at"]),
        (&json!(1), &json!(null))
    );
    app.advance(TimeDelta::minutes(5));
    let edited = ben.patch(&path, edit("At ten")).await.is(200);
    assert_eq!(edited["edited_at"], "2026-12-01T08:05:00.000Z");
    app.advance(TimeDelta::minutes(9));
    let late = ben.later().await;
    late.patch(&path, edit("At eleven")).await.is(200);
    app.advance(TimeDelta::minutes(1));
    late.patch(&path, edit("At twelve"))
        .await
        .is_problem(409, "too_late");
    assert_eq!(
        late.get(&path).await.is(200)["actions"],
        json!(["update", "delete"])
    );
    let history = ana.later().await.get(&format!("{path}/revisions")).await;
    assert_eq!(
        history.is(200)["data"],
        json!([
            { "message_version": 2, "body": "At ten", "created_at": "2026-12-01T08:05:00.000Z" },
            { "message_version": 1, "body": "At nine", "created_at": "2026-12-01T08:00:00.000Z" },
        ])
    );
}

#[tokio::test]
async fn a_change_for_an_older_version_of_a_message_is_refused() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let thread = about(&ana, "daily").await;
    let written = ana.post(&messages(&thread), json!({ "body": "a" })).await;
    let etag = written.header("etag").to_owned();
    let path = format!("/messages/{}", id(&written.is(201)));
    let seen = ("if-match", etag.as_str());
    let edit = |body: &str| Some(json!({ "body": body }));
    ana.with(seen, &Method::PATCH, &path, edit("b"))
        .await
        .is(200);
    let late = ana.with(seen, &Method::PATCH, &path, edit("c")).await;
    late.is_problem(412, "version_mismatch");
}
