//! `POST /v1/circles/{circle_id}/questions/{question_id}/answer`

use serde_json::json;
use uuid::Uuid;

use super::{ask_for, question_path};
use crate::harness::TestApp;

#[tokio::test]
async fn an_answer_says_who_heard_it_and_when() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let question = ask_for(&ana, "With food?", json!({})).await;
    let path = format!("{}/answer", question_path(&question));
    let answer = json!({ "answer": "Yes." });
    let answered = ana.post(&path, answer.clone()).await.is(200);
    assert_eq!(
        (&answered["state"], &answered["heard_by_member_id"]),
        (&json!("answered"), &json!(ana.member_id))
    );
    assert_eq!(answered["answered_on"], "2026-12-01");
    let again = ana.post(&path, answer).await.is(200);
    assert_eq!(again, answered);
    let corrected = json!({
        "answer": "No.", "heard_by_member_id": ben.member_id, "answered_on": "2026-11-30",
    });
    let corrected = ana.post(&path, corrected).await.is(200);
    assert_eq!(
        [
            &corrected["answer"],
            &corrected["heard_by_member_id"],
            &corrected["answered_on"]
        ],
        [&json!("No."), &json!(ben.member_id), &json!("2026-11-30")]
    );
}

#[tokio::test]
async fn an_answer_of_tomorrow_or_of_a_stranger_is_refused() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let question = ask_for(&ana, "With food?", json!({})).await;
    let path = format!("{}/answer", question_path(&question));
    let body = json!({
        "answer": "Yes.", "heard_by_member_id": Uuid::now_v7(), "answered_on": "2026-12-02",
    });
    assert_eq!(
        ana.post(&path, body).await.is_invalid(),
        [
            "/heard_by_member_id unknown_member",
            "/answered_on in_the_future"
        ]
    );
    let nothing = ana.post(&path, json!({})).await;
    assert_eq!(nothing.is_invalid(), ["/answer required"]);
}
