//! `POST /v1/circles/{circle_id}/tasks/{task_id}/reinstate`

use chrono::TimeDelta;
use serde_json::json;

use crate::appointments::{notification_mails, recipients};
use crate::harness::TestApp;

#[tokio::test]
async fn a_canceled_task_is_reinstated_with_its_members_and_reminders_and_they_are_told() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let task = json!({ "title": "Move", "due_local": "2026-12-10T10:00", "people_needed": 2 });
    let task = ana.task(task).await;
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    ben.task_act(&task, "claim").await.is(200);
    let offer = json!({ "member_id": cem.member_id });
    ana.post(&format!("{path}/offer"), offer).await.is(200);
    notification_mails(&app).await;
    let canceled = ana.task_act(&task, "cancel").await.is(200);
    assert_eq!(canceled["canceled_by_member_id"], json!(ana.member_id));
    assert!(canceled["ended_at"].is_string(), "{canceled}");
    assert_eq!(recipients(&notification_mails(&app).await), ["ben", "cem"]);
    let open = ana.task_act(&task, "reinstate").await.is(200);
    assert_eq!(
        [
            &open["state"],
            &open["coverage"],
            &open["ended_at"],
            &open["canceled_by_member_id"]
        ],
        [
            &json!("open"),
            &json!("partial"),
            &json!(null),
            &json!(null)
        ]
    );
    let told = notification_mails(&app).await;
    assert_eq!(recipients(&told), ["ben", "cem"]);
    let line = "- Something that was closed is open again.";
    assert!(told[0].text.contains(line), "{}", told[0].text);
    let reminders = ana.get(&format!("{path}/reminders")).await.is(200);
    assert_eq!(reminders["data"][0]["state"], "planned", "{reminders}");
    let again = ana.task_act(&task, "reinstate").await.is(200);
    assert_eq!(again["version"], open["version"]);
}

#[tokio::test]
async fn a_task_that_is_canceled_and_reinstated_at_once_is_not_mailed() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = ana.task_soon(&ben).await;
    notification_mails(&app).await;
    ana.task_act(&task, "cancel").await.is(200);
    app.advance(TimeDelta::seconds(1));
    ana.task_act(&task, "reinstate").await.is(200);
    assert_eq!(notification_mails(&app).await.len(), 0);
}

#[tokio::test]
async fn the_member_who_canceled_a_task_can_reinstate_it_for_one_day() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "caregiver"]).await;
    let task = ben.task(json!({ "title": "Post" })).await;
    ben.task_act(&task, "cancel").await.is(200);
    let others = cem.task_act(&task, "reinstate").await;
    others.is_problem(403, "forbidden");
    ben.task_act(&task, "reinstate").await.is(200);
    ben.task_act(&task, "cancel").await.is(200);
    app.advance(TimeDelta::hours(24));
    let path = format!("/tasks/{}/reinstate", task["id"].as_str().unwrap());
    let late = ben.later().await.act(&path).await;
    late.is_problem(409, "too_late");
    let open = ana.later().await.act(&path).await.is(200);
    assert_eq!(open["state"], "open");
}

#[tokio::test]
async fn a_member_who_left_meanwhile_does_not_hold_a_reinstated_task() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let task = json!({ "title": "Move", "people_needed": 2 });
    let task = ana.task(task).await;
    ben.task_act(&task, "claim").await.is(200);
    cem.task_act(&task, "claim").await.is(200);
    ana.task_act(&task, "cancel").await.is(200);
    ben.post("/leave", json!({})).await.is(200);
    let open = ana.task_act(&task, "reinstate").await.is(200);
    assert_eq!(open["coverage"], "partial");
    let states = open["assignments"].as_array().unwrap().iter();
    let mut states: Vec<_> = states.map(|part| part["state"].as_str().unwrap()).collect();
    states.sort_unstable();
    assert_eq!(states, ["accepted", "released"]);
    ana.task_act(&task, "claim").await.is(200);
}

#[tokio::test]
async fn a_helper_takes_back_that_they_canceled_their_suggestion() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = ben.task(json!({ "title": "A walk" })).await;
    ben.task_act(&task, "cancel").await.is(200);
    let back = ben.task_act(&task, "reinstate").await.is(200);
    assert_eq!(back["state"], "proposed");
    ana.task_act(&task, "approve").await.is(200);
    ana.task_act(&task, "complete").await.is(200);
    let done = ana.task_act(&task, "reinstate").await;
    done.is_problem(409, "invalid_transition");
}
