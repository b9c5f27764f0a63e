//! `PATCH /v1/circles/{circle_id}/questions/{question_id}`

use axum::http::Method;
use serde_json::json;

use super::{ask_for, question_act, question_path};
use crate::appointments::grant;
use crate::harness::TestApp;

#[tokio::test]
async fn its_author_and_members_who_write_the_topic_change_a_question() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora] = app
        .circle(["coordinator", "caregiver", "helper", "caregiver"])
        .await;
    grant(&ana, &dora, json!({ "daily": "read" })).await;
    let question = ask_for(&cem, "How far?", json!({ "topic": "daily" })).await;
    let path = question_path(&question);
    for (by, text) in [
        (&cem, "How far can he walk?"),
        (&ben, "How far may he walk?"),
    ] {
        let changed = by.patch(&path, json!({ "text": text })).await.is(200);
        assert_eq!(changed["text"], text);
    }
    let refused = dora.patch(&path, json!({ "text": "a" })).await;
    refused.is_problem(403, "forbidden");
    assert_eq!(dora.get(&path).await.is(200)["actions"], json!([]));
    // Its author does not see every topic.
    let hidden = cem.patch(&path, json!({ "topic": "health" })).await;
    assert_eq!(hidden.is_invalid(), ["/topic topic_not_visible"]);
    ben.patch(&path, json!({ "topic": "health" })).await.is(200);
    cem.get(&path).await.is_problem(404, "not_found");
}

#[tokio::test]
async fn an_outdated_version_and_a_question_that_is_set_aside_are_refused() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let question = ask_for(&ana, "How far?", json!({})).await;
    let path = question_path(&question);
    let body = || Some(json!({ "text": "How long?" }));
    let stale = ("if-match", "\"7\"");
    ana.with(stale, &Method::PATCH, &path, body())
        .await
        .is_problem(412, "version_mismatch");
    question_act(&ana, &question, "set-aside").await.is(200);
    let refused = ana.patch(&path, json!({ "text": "How long?" })).await;
    let problem = refused.is_problem(409, "invalid_transition");
    assert_eq!(
        (&problem["state"], &problem["actions"]),
        (&json!("set_aside"), &json!(["reopen", "delete"]))
    );
}
