//! `GET /v1/circles/{circle_id}/questions`

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{ask_for, question_act, question_path};
use crate::appointments::{grant, scan};
use crate::harness::{Client, TestApp};

async fn texts(by: &Client, query: &str) -> Vec<String> {
    let page = by.get(&format!("/questions{query}")).await.is(200);
    let text = |question: &Value| question["text"].as_str().unwrap().to_owned();
    page["data"].as_array().unwrap().iter().map(text).collect()
}

#[tokio::test]
async fn the_filters_select_by_state_topic_and_appointment() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let visit = scan(&ana, json!({})).await;
    ask_for(&ana, "first", json!({})).await;
    app.advance(TimeDelta::seconds(1));
    let planned = json!({ "appointment_id": visit["id"], "topic": "daily" });
    ask_for(&ana, "second", planned).await;
    app.advance(TimeDelta::seconds(1));
    let third = ask_for(&ana, "third", json!({ "topic": "family" })).await;
    question_act(&ana, &third, "ask").await.is(200);
    assert_eq!(texts(&ana, "").await, ["third", "second", "first"]);
    assert_eq!(
        texts(&ana, "?state=draft&state=planned").await,
        ["second", "first"]
    );
    assert_eq!(texts(&ana, "?topic=family").await, ["third"]);
    let of_visit = format!("?appointment_id={}", visit["id"].as_str().unwrap());
    assert_eq!(texts(&ana, &of_visit).await, ["second"]);
    // Who does not see the appointment sees the question without it.
    grant(&ana, &ben, json!({ "health": "none" })).await;
    assert_eq!(texts(&ben, "").await, ["third", "second"]);
    assert!(texts(&ben, &of_visit).await.is_empty());
    let page = ben.get("/questions?topic=daily").await.is(200);
    assert_eq!(
        (
            &page["data"][0]["state"],
            &page["data"][0]["appointment_id"]
        ),
        (&json!("planned"), &json!(null))
    );
    app.mails().await;
}

#[tokio::test]
async fn long_texts_are_cut_in_lists_and_whole_alone() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let long = "a".repeat(2000);
    let question = ask_for(&ana, &long, json!({})).await;
    let path = question_path(&question);
    let answer = json!({ "answer": "b".repeat(4000) });
    ana.post(&format!("{path}/answer"), answer).await.is(200);
    let page = ana.get("/questions").await.is(200);
    let listed = &page["data"][0];
    assert_eq!(listed["truncated_fields"], json!(["text", "answer"]));
    assert_eq!(listed["text"], "a".repeat(500));
    let alone = ana.get(&path).await.is(200);
    assert_eq!(
        (&alone["text"], &alone["truncated_fields"]),
        (&json!(long), &json!([]))
    );
    let too_long = json!({ "text": "a".repeat(2001) });
    let refused = ana.post("/questions", too_long).await;
    assert_eq!(refused.is_invalid(), ["/text too_long"]);
}

#[tokio::test]
async fn a_page_of_questions_has_a_next_page() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    for text in ["first", "second", "third"] {
        ask_for(&ana, text, json!({})).await;
        app.advance(TimeDelta::seconds(1));
    }
    let page = ana.get("/questions?limit=2").await.is(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = texts(&ana, &format!("?limit=2&cursor={cursor}")).await;
    assert_eq!(rest, ["first"]);
}
