//! The checklist of a series: each of its tasks has a copy.

use serde_json::{Value, json};

use super::pill_box;
use crate::harness::TestApp;

fn titles(task: &Value) -> Vec<&str> {
    let items = task["checklist"].as_array().unwrap().iter();
    items.map(|item| item["title"].as_str().unwrap()).collect()
}

fn first_item(task: &Value) -> String {
    format!(
        "/checklist-items/{}",
        task["checklist"][0]["id"].as_str().unwrap()
    )
}

#[tokio::test]
async fn each_task_of_a_series_has_a_checklist_of_its_own() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let mut body = pill_box();
    body["checklist"] = json!(["Morning", "Evening"]);
    let series = ana.series(body).await;
    assert_eq!(series["checklist"], json!(["Morning", "Evening"]));
    let tasks = ana.tasks_of(&series, "open").await;
    assert!(tasks.len() > 5, "{}", tasks.len());
    for task in &tasks {
        assert_eq!(titles(task), ["Morning", "Evening"]);
        assert_eq!(task["is_exception"], json!(false));
    }
    ana.act(&format!("{}/check", first_item(&tasks[0])))
        .await
        .is(200);
    let tasks = ana.tasks_of(&series, "open").await;
    assert!(tasks[0]["checklist"][0]["checked_at"].is_string());
    assert_eq!(tasks[0]["is_exception"], json!(false));
    assert_eq!(tasks[1]["checklist"][0]["checked_at"], json!(null));
    let many = json!({ "checklist": vec!["Morning"; 51] });
    let path = format!("/task-series/{}", series["id"].as_str().unwrap());
    let refused = ana.patch(&path, many).await;
    assert_eq!(refused.is_invalid(), ["/checklist too_long"]);
}

#[tokio::test]
async fn another_checklist_of_a_series_replaces_those_in_which_nothing_was_done_or_edited() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let mut body = pill_box();
    body["checklist"] = json!(["Morning", "Evening"]);
    let series = ana.series(body).await;
    let before = ana.tasks_of(&series, "open").await;
    ana.act(&format!("{}/check", first_item(&before[0])))
        .await
        .is(200);
    let edit = json!({ "title": "Noon" });
    ana.patch(&first_item(&before[1]), edit).await.is(200);
    let three = json!({ "checklist": ["Morning", "Noon", "Evening"] });
    let changed = ana.change_series(&series, three).await;
    assert_eq!(changed["checklist"], json!(["Morning", "Noon", "Evening"]));
    let after = ana.tasks_of(&series, "open").await;
    assert_eq!(titles(&after[0]), ["Morning", "Evening"], "checked");
    assert_eq!(titles(&after[1]), ["Noon", "Evening"], "edited");
    assert_eq!(after[1]["is_exception"], json!(true));
    for (task, was) in after.iter().zip(&before).skip(2) {
        assert_eq!(titles(task), ["Morning", "Noon", "Evening"]);
        assert_ne!(task["version"], was["version"]);
    }
    let all = json!({ "title": "Pills", "replace_exceptions": true });
    ana.change_series(&series, all).await;
    let after = ana.tasks_of(&series, "open").await;
    assert_eq!(titles(&after[0]), ["Morning", "Evening"], "checked");
    assert_eq!(titles(&after[1]), ["Morning", "Noon", "Evening"]);

    let none = json!({ "checklist": null, "from_on": "2026-12-20" });
    let next = ana.change_series(&series, none).await;
    assert_eq!(next["checklist"], json!([]));
    let tasks = ana.tasks_of(&next, "open").await;
    assert!(!tasks.is_empty());
    assert!(tasks.iter().all(|task| titles(task).is_empty()));
    let earlier = ana.tasks_of(&series, "open").await;
    assert_eq!(titles(&earlier[1]), ["Morning", "Noon", "Evening"]);
}
