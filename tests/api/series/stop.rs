//! `pause`, `resume` and `end` of a series.

use chrono::TimeDelta;
use serde_json::json;

use super::pill_box;
use crate::harness::TestApp;

#[tokio::test]
async fn a_paused_series_has_no_tasks_until_it_is_resumed() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let series = ana.series(pill_box()).await;
    ben.series_act(&series, "claim").await;
    let paused = ana.series_act(&series, "pause").await;
    assert_eq!(paused["state"], "paused");
    assert!(ana.tasks_of(&series, "open").await.is_empty());
    app.advance(TimeDelta::minutes(1));
    app.run_jobs().await;
    let mails = app.mails().await;
    assert_eq!(mails.len(), 1, "one email to Ben about all of it");

    ana.series_act(&series, "resume").await;
    let tasks = ana.tasks_of(&series, "open").await;
    assert_eq!(tasks.len(), 8);
    assert!(
        tasks
            .iter()
            .all(|task| task["my_assignment"].is_null() && task["coverage"] == "full")
    );
    let reminders = ana
        .get(&format!(
            "/tasks/{}/reminders",
            tasks[0]["id"].as_str().unwrap()
        ))
        .await
        .is(200);
    assert_eq!(reminders["data"][0]["state"], "planned");
}

#[tokio::test]
async fn an_ended_series_keeps_what_was_done_and_what_was_changed_by_itself() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let series = ana.series(pill_box()).await;
    let tasks = ana.tasks_of(&series, "open").await;
    ana.task_act(&tasks[0], "complete").await.is(200);
    let third = format!("/tasks/{}", tasks[2]["id"].as_str().unwrap());
    ana.patch(&third, json!({ "title": "Fill it for the journey" }))
        .await
        .is(200);
    let ended = ana.series_act(&series, "end").await;
    assert_eq!(
        (&ended["state"], &ended["actions"]),
        (&json!("ended"), &json!([]))
    );
    assert_eq!(ana.tasks_of(&series, "open").await.len(), 1);
    assert_eq!(ana.tasks_of(&series, "completed").await.len(), 1);
    assert_eq!(ana.tasks_of(&series, "canceled").await.len(), 6);
    let id = series["id"].as_str().unwrap();
    ana.act(&format!("/task-series/{id}/pause"))
        .await
        .is_problem(409, "invalid_transition");
}

#[tokio::test]
async fn a_member_who_gives_a_paused_series_back_does_not_have_its_tasks_afterward() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let series = ana.series(pill_box()).await;
    ben.series_act(&series, "claim").await;
    ana.series_act(&series, "pause").await;
    ben.series_act(&series, "release").await;
    ana.series_act(&series, "resume").await;
    let tasks = ana.tasks_of(&series, "open").await;
    assert_eq!(tasks.len(), 8);
    assert!(
        tasks.iter().all(|task| task["coverage"] == "none"),
        "{tasks:?}"
    );
}
