//! `PATCH /v1/circles/{circle_id}/tasks/{task_id}`

use axum::http::Method;
use serde_json::json;

use crate::harness::TestApp;

#[tokio::test]
async fn a_change_meant_for_an_older_version_is_refused() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let created = ana.post("/tasks", json!({ "title": "One" })).await;
    let etag = created.header("etag").to_owned();
    let task = created.is(201);
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    let change = |title: &str| Some(json!({ "title": title }));
    let seen = ("if-match", etag.as_str());
    ana.with(seen, &Method::PATCH, &path, change("Two"))
        .await
        .is(200);
    let late = ana.with(seen, &Method::PATCH, &path, change("Three")).await;
    late.is_problem(412, "version_mismatch");
}

#[tokio::test]
async fn a_field_that_is_cleared_and_sent_is_refused() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let task = ana.task(json!({ "title": "Cook", "notes": "Soup" })).await;
    let path = format!("/tasks/{}?clear=notes", task["id"].as_str().unwrap());
    let both = ana.patch(&path, json!({ "notes": "Rice" })).await;
    assert_eq!(both.is_invalid(), ["/notes cleared_and_sent"]);
    let cleared = ana.patch(&path, json!({ "notes": null })).await;
    assert_eq!(cleared.is(200)["notes"], json!(null));
}

#[tokio::test]
async fn another_topic_takes_the_task_off_all_who_do_not_see_it_with_as_many_statements() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora] = app
        .circle(["coordinator", "caregiver", "caregiver", "caregiver"])
        .await;
    let others = [&ben, &cem, &dora];
    for other in others {
        let hide = json!({ "health": "none" });
        let topics = format!("/members/{}/topics", other.member_id);
        ana.patch(&topics, hide).await.is(200);
    }
    let mut counts = Vec::new();
    for holders in [1, 3] {
        let wish = json!({ "title": "Cook", "topic": "daily", "people_needed": 3 });
        let task = ana.task(wish).await;
        let path = format!("/tasks/{}", task["id"].as_str().unwrap());
        for holder in &others[..holders] {
            holder.act(&format!("{path}/claim")).await.is(200);
        }
        let change = json!({ "topic": "health" });
        counts.push(app.statements(ana.patch(&path, change)).await);
        let after = ana.get(&path).await.is(200);
        assert_eq!(after["coverage"], "none");
        let states = after["assignments"].as_array().unwrap().iter();
        let states: Vec<_> = states.map(|part| part["state"].as_str().unwrap()).collect();
        assert_eq!(states, vec!["released"; holders]);
        for holder in &others[..holders] {
            holder.get(&path).await.is_problem(404, "not_found");
        }
    }
    assert_eq!(counts[0], counts[1]);
}
