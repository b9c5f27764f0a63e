//! `POST /v1/circles/{circle_id}/tasks`

use serde_json::json;

use crate::appointments::scan;
use crate::harness::TestApp;

#[tokio::test]
async fn a_task_needs_only_a_title() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let task = ana.task(json!({ "title": "Shopping" })).await;
    assert_eq!(task["category"], "other");
    assert_eq!(task["topic"], "daily");
    assert_eq!(task["coverage"], "none");
    assert_eq!(task["reminder_minutes"], json!([1440]));
    assert_eq!(
        task["actions"],
        json!([
            "update",
            "cancel",
            "offer",
            "claim",
            "complete",
            "create_checklist_item",
            "create_comment"
        ])
    );
}

#[tokio::test]
async fn a_local_time_keeps_its_zone_and_shows_its_instant() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let due = json!({ "title": "Call", "due_local": "2027-01-02T12:00", "time_zone": "America/New_York" });
    let task = ana.task(due).await;
    assert_eq!(task["due_local"], "2027-01-02T12:00");
    assert_eq!(task["due_at"], "2027-01-02T17:00:00.000Z");
    let id = task["id"].as_str().unwrap();
    let day = json!({ "due_on": "2027-01-05" });
    let task = ana.patch(&format!("/tasks/{id}"), day).await.is(200);
    assert_eq!(
        (
            &task["due_on"],
            &task["due_local"],
            &task["schedule_version"]
        ),
        (&json!("2027-01-05"), &json!(null), &json!(2))
    );
}

#[tokio::test]
async fn a_task_is_linked_to_an_appointment_that_its_author_sees() {
    let app = TestApp::start().await;
    let [ana, cem] = app.circle(["coordinator", "helper"]).await;
    let visit = scan(&ana, json!({})).await;
    let body = json!({ "title": "Pack the bag", "appointment_id": visit["id"] });
    let task = ana.task(body.clone()).await;
    assert_eq!(task["appointment_id"], visit["id"]);
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    assert_eq!(ana.get(&path).await.is(200), task);
    assert_eq!(cem.get(&path).await.is(200)["appointment_id"], json!(null));
    let hidden = cem.post("/tasks", body.clone()).await;
    assert_eq!(hidden.is_invalid(), ["/appointment_id unknown_appointment"]);
    // A repeated create, and a change, show the link too.
    let mut own_id = body;
    own_id["id"] = json!("0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f");
    let first = ana.task(own_id.clone()).await;
    let again = ana.post("/tasks", own_id).await.is(200);
    assert_eq!(again, first);
    let changed = ana.patch(&path, json!({ "title": "Pack" })).await.is(200);
    assert_eq!(changed["appointment_id"], visit["id"]);
    app.mails().await;
}
