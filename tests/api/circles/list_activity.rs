//! The activity of a circle, as its members read it.

use chrono::TimeDelta;
use kith::privacy::retention::sweep;
use serde_json::{Value, json};

use crate::harness::{Client, TestApp};

/// The activity that the reader sees, newest first, as `actor verb subject`.
async fn log(reader: &Client) -> Vec<String> {
    let page = reader.get("/activity?limit=200").await.is(200);
    assert_eq!(page["next_cursor"], Value::Null);
    let text = |value: &Value| value.as_str().unwrap_or("kith").to_owned();
    let line = |line: &Value| {
        let (actor, verb) = (text(&line["actor_name"]), text(&line["verb"]));
        format!("{actor} {verb} {}", text(&line["subject_type"]))
    };
    page["data"].as_array().unwrap().iter().map(line).collect()
}

#[tokio::test]
async fn the_activity_shows_who_did_what_and_which_fields_but_no_values() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = ana.task(json!({ "title": "Shopping" })).await;
    ben.task_act(&task, "claim").await.is(200);
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    let renamed = json!({ "title": "Quetzal", "notes": "Quetzal" });
    ana.patch(&path, renamed).await.is(200);

    let page = ben.get("/activity").await;
    assert!(!page.text.contains("Quetzal"), "{}", page.text);
    let page = page.is(200);
    let newest = &page["data"][0];
    assert_eq!(newest["actor_member_id"], ana.member_id.as_str());
    assert_eq!(newest["actor_name"], "Ana Test");
    assert_eq!(newest["verb"], "updated");
    assert_eq!(newest["subject_id"], task["id"]);
    assert_eq!(newest["actor_kind"], "session");
    assert_eq!(newest["changed_fields"], json!(["title", "notes"]));
    assert_eq!(page["data"][1]["actor_name"], "Ben Test");
    assert_eq!(page["data"][1]["verb"], "claimed");
}

#[tokio::test]
async fn activity_about_something_that_is_not_visible_is_left_out() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora] = app
        .circle(["coordinator", "caregiver", "helper", "patient"])
        .await;
    let before = (log(&ben).await, log(&cem).await, log(&dora).await);
    ana.task(json!({ "title": "Pills", "topic": "health" }))
        .await;
    let direct = json!({ "member_ids": [ben.member_id] });
    let direct = ana.post("/threads", direct).await.is(201);
    let messages = format!("/threads/{}/messages", direct["id"].as_str().unwrap());
    ana.post(&messages, json!({ "body": "Only you" }))
        .await
        .is(201);

    let new = |before: &[String], after: Vec<String>| after[..after.len() - before.len()].to_vec();
    let (of_ben, of_cem) = (
        new(&before.0, log(&ben).await),
        new(&before.1, log(&cem).await),
    );
    let of_dora = new(&before.2, log(&dora).await);
    let (message, thread, task) = (
        "Ana Test created message",
        "Ana Test created thread",
        "Ana Test created task",
    );
    assert_eq!(of_ben, [message, thread, task]);
    assert_eq!(of_cem, Vec::<String>::new());
    assert_eq!(of_dora, [task]);
}

#[tokio::test]
async fn activity_about_invitations_and_topics_is_shown_only_to_permitted_members() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let grant = format!("/members/{}/topics", ben.member_id);
    ana.patch(&grant, json!({ "health": "read" })).await.is(200);
    let granted = "Ana Test topics_updated member".to_owned();
    let invited = "Ana Test created invitation".to_owned();
    for (reader, sees_grant, sees_invitations) in [
        (&ana, true, true),
        (&ben, true, false),
        (&cem, false, false),
    ] {
        let lines = log(reader).await;
        assert_eq!(lines.contains(&granted), sees_grant, "{lines:?}");
        assert_eq!(lines.contains(&invited), sees_invitations, "{lines:?}");
    }
}

#[tokio::test]
async fn the_activity_is_read_page_by_page() {
    let app = TestApp::start().await;
    let [ana] = app.circle_of(["coordinator"], ["Ana"]).await;
    let [mia] = app.circle_of(["coordinator"], ["Mia"]).await;
    for number in 0..5 {
        ana.task(json!({ "title": number.to_string() })).await;
    }
    let mut numbers = Vec::new();
    let mut path = "/activity?limit=3".to_owned();
    loop {
        let page = ana.get(&path).await.is(200);
        let lines = page["data"].as_array().unwrap();
        assert!(lines.len() <= 3);
        numbers.extend(lines.iter().map(|line| line["seq"].as_i64().unwrap()));
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/activity?limit=3&cursor={cursor}");
        mia.get(&path).await.is_problem(400, "invalid_parameters");
    }
    assert_eq!(numbers, [7, 6, 5, 4, 3, 2, 1]);
}

#[tokio::test]
async fn activity_is_deleted_after_four_hundred_days() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    app.advance(TimeDelta::days(10));
    let task = json!({ "title": "Later" });
    ana.later().await.post("/tasks", task).await.is(201);
    app.advance(TimeDelta::days(390) + TimeDelta::seconds(1));
    sweep(&app.app).await.unwrap();
    assert_eq!(log(&ana.later().await).await, ["Ana Test created task"]);
}
