//! `POST /v1/circles/{circle_id}/task-series`

use chrono::TimeDelta;
use serde_json::json;

use super::{due_locals, pill_box};
use crate::harness::TestApp;

#[tokio::test]
async fn a_series_has_a_task_on_each_of_its_dates_for_sixty_days() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let series = ana.series(pill_box()).await;
    assert_eq!(series["recurrence"], "FREQ=WEEKLY;BYDAY=SU");
    assert_eq!(series["tasks_until_on"], "2027-01-30");
    let tasks = ana.tasks_of(&series, "open").await;
    assert_eq!(tasks.len(), 8);
    let (first, last) = (&tasks[0], &tasks[7]);
    assert_eq!(first["due_local"], "2026-12-06T18:00");
    assert_eq!(first["original_on"], "2026-12-06");
    assert_eq!(first["due_at"], "2026-12-06T17:00:00.000Z");
    assert_eq!(last["due_local"], "2027-01-24T18:00");
    assert!(
        tasks
            .iter()
            .all(|task| task["title"] == "Fill the pill box")
    );
    assert!(tasks.iter().all(|task| task["is_exception"] == false));
}

#[tokio::test]
async fn dates_in_the_past_get_no_task() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let body =
        json!({ "title": "Water the plants", "due_on": "2026-11-01", "recurrence": "FREQ=DAILY" });
    let series = ana.series(body).await;
    let tasks = ana.tasks_of(&series, "open").await;
    assert_eq!(tasks.len(), 61);
    assert_eq!(tasks[0]["due_on"], "2026-12-01");
}

#[tokio::test]
async fn the_hours_on_the_wall_stay_when_the_clocks_change() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    app.advance(TimeDelta::days(60));
    let ana = ana.later().await;
    // At half past two, through the night in which the clocks go forward on 28 March.
    let night = json!({
        "title": "Turn him", "due_local": "2027-03-27T02:30", "time_zone": "Europe/Berlin",
        "recurrence": "FREQ=DAILY;COUNT=3",
    });
    let series = ana.post("/task-series", night).await.is(201);
    let id = series["id"].as_str().unwrap();
    let page = ana.get(&format!("/tasks?series_id={id}")).await.is(200);
    let due: Vec<_> = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|task| &task["due_at"])
        .collect();
    assert_eq!(
        due,
        [
            "2027-03-27T01:30:00.000Z",
            "2027-03-28T01:30:00.000Z",
            "2027-03-29T00:30:00.000Z",
        ]
    );
}

#[tokio::test]
async fn monthly_on_the_thirty_first_never_skips_a_month() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    app.advance(TimeDelta::days(60));
    let ana = ana.later().await;
    let body = json!({
        "title": "Pay the carer", "due_local": "2027-01-31T09:00", "recurrence": "FREQ=MONTHLY",
    });
    let series = ana.post("/task-series", body).await.is(201);
    let id = series["id"].as_str().unwrap();
    let page = ana.get(&format!("/tasks?series_id={id}")).await.is(200);
    assert_eq!(
        due_locals(page["data"].as_array().unwrap()),
        ["2027-01-31T09:00", "2027-02-28T09:00", "2027-03-31T09:00"]
    );
}

#[tokio::test]
async fn a_rule_that_cannot_be_used_is_refused_with_the_reason() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let with = |rule: &str| {
        let mut body = pill_box();
        body["recurrence"] = json!(rule);
        body
    };
    let reply = ana.post("/task-series", with("FREQ=HOURLY")).await;
    assert_eq!(reply.is_invalid(), ["/recurrence invalid_value"]);
    let reply = ana.post("/task-series", with("FREQ=WEEKLY;BYDAY=MO")).await;
    assert_eq!(reply.is_invalid(), ["/recurrence first_not_in_series"]);
    let mut never = pill_box();
    never.as_object_mut().unwrap().remove("due_local");
    let reply = ana.post("/task-series", never).await;
    assert_eq!(reply.is_invalid(), ["/due_local required"]);
}

#[tokio::test]
async fn a_series_of_a_hidden_topic_does_not_exist_for_a_helper() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let mut body = pill_box();
    body["topic"] = json!("health");
    let series = ana.series(body).await;
    let path = format!("/task-series/{}", series["id"].as_str().unwrap());
    ben.get(&path).await.is_problem(404, "not_found");
    assert_eq!(ben.get("/task-series").await.is(200)["data"], json!([]));
    ben.post("/task-series", pill_box())
        .await
        .is_problem(403, "forbidden");
}

#[tokio::test]
async fn a_series_is_created_once_however_often_it_is_sent() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let mut body = pill_box();
    body["id"] = json!("0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c4a");
    let first = ana.series(body.clone()).await;
    let again = ana.post("/task-series", body).await.is(200);
    assert_eq!(first, again);
    assert_eq!(ana.tasks_of(&first, "open").await.len(), 8);
}
