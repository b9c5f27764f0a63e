//! `POST /v1/circles/{circle_id}/activity/mark-seen`: what changed since the last visit.

use serde_json::{Value, json};

use crate::harness::{Client, TestApp};

/// What others did that the reader has not seen, newest first, as `actor verb subject`.
async fn unseen(reader: &Client) -> Vec<String> {
    let page = reader.get("/activity?unseen=true&limit=200").await.is(200);
    let text = |value: &Value| value.as_str().unwrap_or("kith").to_owned();
    let line = |line: &Value| {
        let (actor, verb) = (text(&line["actor_name"]), text(&line["verb"]));
        format!("{actor} {verb} {}", text(&line["subject_type"]))
    };
    page["data"].as_array().unwrap().iter().map(line).collect()
}

async fn counted(reader: &Client) -> Value {
    reader.get("/v1/me/summary").await.is(200)["unseen_activity"].clone()
}

async fn mark(reader: &Client, seq: &Value) -> Value {
    let seen = json!({ "last_seen_seq": seq });
    reader.post("/activity/mark-seen", seen).await.is(200)["last_seen_seq"].clone()
}

#[tokio::test]
async fn a_member_sees_what_others_did_since_the_last_visit() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    assert_eq!(
        unseen(&ben).await,
        [""; 0],
        "nothing is new to a new member"
    );
    assert_eq!(counted(&ben).await, 0);

    let task = ana.task(json!({ "title": "Shopping" })).await;
    ana.task(json!({ "title": "Pills", "topic": "health" }))
        .await;
    ben.task_act(&task, "claim").await.is(200);
    assert_eq!(unseen(&ben).await, ["Ana Test created task"]);
    assert_eq!(counted(&ben).await, 1);
    let circles = ben.get("/v1/me/circles").await.is(200);
    assert_eq!(circles["data"][0]["summary"]["unseen_activity"], 1);

    let newest = ben.get("/activity").await.is(200)["data"][0]["seq"].clone();
    let etag = ben.get("/v1/me/summary").await.header("etag").to_owned();
    assert_eq!(mark(&ben, &newest).await, newest);
    assert_eq!(unseen(&ben).await, [""; 0]);
    assert_eq!(counted(&ben).await, 0);
    let after = ben.get("/v1/me/summary").await.header("etag").to_owned();
    assert_ne!(after, etag);
    assert_eq!(unseen(&ana).await[0], "Ben Test claimed task");

    ana.task_act(&task, "cancel").await.is(200);
    assert_eq!(unseen(&ben).await, ["Ana Test canceled task"]);
}

#[tokio::test]
async fn the_mark_moves_only_forward_and_not_beyond_the_newest_entry() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    ana.task(json!({ "title": "Shopping" })).await;
    let newest = mark(&ben, &json!(i32::MAX)).await;
    let shown = ben.get("/activity").await.is(200)["data"][0]["seq"].clone();
    assert_eq!(newest, shown);
    assert_eq!(mark(&ben, &json!(1)).await, newest);
    // Nobody else is told, and no log says when Ben was here.
    assert_eq!(ana.get("/activity").await.is(200)["data"][0]["seq"], newest);
    ana.task(json!({ "title": "Cook" })).await;
    assert_eq!(counted(&ben).await, 1);
}

#[tokio::test]
async fn the_summary_counts_the_newest_hundred_entries() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    for number in 0..105 {
        ana.task(json!({ "title": number.to_string() })).await;
    }
    assert_eq!(counted(&ben).await, 100);
    assert_eq!(unseen(&ben).await.len(), 105);
}

#[tokio::test]
async fn the_tasks_that_a_series_makes_do_not_push_older_entries_out_of_the_count() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    for title in ["Shopping", "Cook"] {
        ana.task(json!({ "title": title })).await;
    }
    let daily = json!({
        "title": "Breakfast", "due_local": "2026-12-02T08:00", "recurrence": "FREQ=DAILY",
    });
    for _ in 0..3 {
        ana.post("/task-series", daily.clone()).await.is(201);
    }
    assert_eq!(unseen(&ben).await.len(), 5);
    assert_eq!(counted(&ben).await, 5);
    for number in 0..97 {
        ana.task(json!({ "title": number.to_string() })).await;
    }
    assert_eq!(unseen(&ben).await.len(), 102);
    assert_eq!(counted(&ben).await, 100);
    // In two circles, each counts for itself.
    let [mia] = app.circle_of(["coordinator"], ["Mia"]).await;
    app.join(&mia, &ben, json!({ "access": "helper" })).await;
    let before = counted(&ben).await.as_i64().unwrap();
    mia.post("/task-series", daily).await.is(201);
    mia.task(json!({ "title": "Shopping" })).await;
    assert_eq!(counted(&ben).await, before + 2);
}

#[tokio::test]
async fn somebody_who_comes_back_has_seen_what_happened_meanwhile() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    ben.post("/leave", json!({})).await.is(200);
    ana.task(json!({ "title": "Shopping" })).await;
    app.mails().await;
    app.join(&ana, &ben, json!({ "access": "helper" })).await;
    assert_eq!(unseen(&ben).await, [""; 0]);
}
