//! `GET /v1/me/summary`

use serde_json::json;

use super::appointment;
use crate::harness::TestApp;

#[tokio::test]
async fn a_summary_counts_open_answers_and_unread_messages() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let zero = ben.get("/v1/me/summary").await.is(200);
    assert_eq!(
        (&zero["waiting_for_you"], &zero["unread_messages"]),
        (&json!(0), &json!(0))
    );

    let to_ben = json!({ "member_id": ben.member_id });
    let task = ana.task(json!({ "title": "Cook" })).await;
    ana.post(
        &format!("/tasks/{}/offer", task["id"].as_str().unwrap()),
        to_ben.clone(),
    )
    .await
    .is(200);
    let role = ana.post("/roles", json!({ "kind": "pets" })).await.is(201);
    ana.post(
        &format!("/roles/{}/offer", role["id"].as_str().unwrap()),
        to_ben.clone(),
    )
    .await
    .is(200);
    let walk = appointment(&ana, "Walk", "2026-12-02T10:00", &[&ben]).await;
    let need = ana
        .post(
            &format!("/appointments/{walk}/needs"),
            json!({ "kind": "driver" }),
        )
        .await
        .is(201);
    ana.post(
        &format!("/needs/{}/offer", need["id"].as_str().unwrap()),
        to_ben,
    )
    .await
    .is(200);
    let thread = json!({ "title": "News", "topic": "daily" });
    let thread = ana.post("/threads", thread).await.is(201);
    let messages = format!("/threads/{}/messages", thread["id"].as_str().unwrap());
    for body in ["one", "two"] {
        ana.post(&messages, json!({ "body": body })).await.is(201);
    }
    ben.post(&messages, json!({ "body": "mine" })).await.is(201);
    let secret = json!({ "member_ids": [cem.member_id] });
    let secret = ana.post("/threads", secret).await.is(201);
    let secret = format!("/threads/{}/messages", secret["id"].as_str().unwrap());
    ana.post(&secret, json!({ "body": "for Cem" }))
        .await
        .is(201);

    let mut summary = ben.get("/v1/me/summary").await.is(200);
    // `circles/mark_activity_seen.rs` counts the activity.
    let unseen = summary.as_object_mut().unwrap().remove("unseen_activity");
    assert!(unseen.unwrap().as_i64().unwrap() > 0);
    assert_eq!(
        summary,
        json!({
            "task_offers": 1, "need_offers": 1, "role_offers": 1,
            "handover_offers": 0, "appointment_requests": 1, "waiting_for_you": 4, "tasks_to_approve": 0, "unread_messages": 2,
            "unread_notifications": 4,
        })
    );
    assert_eq!(
        cem.get("/v1/me/summary").await.is(200)["unread_messages"],
        4
    );

    ben.task_act(&task, "decline").await.is(200);
    let seen = ben.get(&messages).await.is(200)["data"][0]["id"].clone();
    let read = format!("/threads/{}/mark-read", thread["id"].as_str().unwrap());
    ben.post(&read, json!({ "last_read_message_id": seen }))
        .await
        .is(200);
    let summary = ben.get("/v1/me/summary").await.is(200);
    assert_eq!(
        (&summary["waiting_for_you"], &summary["unread_messages"]),
        (&json!(3), &json!(0))
    );
}
