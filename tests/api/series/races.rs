//! A series that is changed while its tasks are claimed and completed.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::pill_box;
use crate::harness::TestApp;

/// Whatever comes first: no date has two tasks, a task has no more holders than it needs, and what
/// was completed stays completed.
#[tokio::test]
async fn a_series_edited_while_its_tasks_are_claimed_and_completed_keeps_its_promises() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    for round in 0..8 {
        let series = ana.series(pill_box()).await;
        let id = series["id"].as_str().unwrap().to_owned();
        let tasks = ana.tasks_of(&series, "open").await;
        let changed = match round % 4 {
            0 => json!({ "due_local": "2026-12-06T20:00" }),
            1 => json!({ "recurrence": "FREQ=WEEKLY;INTERVAL=2" }),
            2 => json!({ "from_on": "2026-12-20", "title": "Another box" }),
            _ => json!({ "people_needed": 2 }),
        };
        let path = format!("/task-series/{id}");
        let claim = format!("/task-series/{id}/claim");
        let (edit, claimed, completed, series_claimed) = futures_util::join!(
            ana.patch(&path, changed),
            ben.task_act(&tasks[3], "claim"),
            ana.task_act(&tasks[2], "complete"),
            cem.act(&claim),
        );
        edit.is(200);
        series_claimed.is(200);
        for reply in [&claimed, &completed] {
            assert!(
                [200, 409].contains(&reply.status.as_u16()),
                "{:?}",
                reply.json()
            );
        }
        let page = ana.get("/tasks?limit=200").await.is(200);
        let all = page["data"].as_array().unwrap();
        let mut dates = BTreeSet::new();
        for task in all.iter().filter(|task| task["series_id"].is_string()) {
            let date = (
                task["series_id"].to_string(),
                task["original_on"].to_string(),
            );
            assert!(dates.insert(date), "{task}");
            let accepted =
                |part: &&Value| part["state"] == "accepted" || part["state"] == "completed";
            let holders = task["assignments"]
                .as_array()
                .unwrap()
                .iter()
                .filter(accepted)
                .count();
            assert!(
                u64::try_from(holders).unwrap() <= task["people_needed"].as_u64().unwrap(),
                "{task}"
            );
        }
        if completed.status == 200 {
            let path = format!("/tasks/{}", tasks[2]["id"].as_str().unwrap());
            assert_eq!(ana.get(&path).await.is(200)["state"], "completed");
        }
        let open = ana.get("/task-series").await.is(200);
        for series in open["data"].as_array().unwrap() {
            ana.series_act(series, "end").await;
        }
    }
}
