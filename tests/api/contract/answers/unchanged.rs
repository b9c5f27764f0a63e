//! A PATCH with the current values changes neither the version nor the ETag, and notifies nobody.

use axum::http::Method;
use serde_json::{Value, json};

use crate::contract::matrix::{Ids, fill};
use crate::harness::{Person, TestApp};

/// A body that changes a field, and the name of this field in the activity.
fn change(operation: &str) -> Option<(Value, &'static str)> {
    Some(match operation {
        "update_circle" => (
            json!({ "patient_about": "She likes music." }),
            "patient_about",
        ),
        "update_member" => (json!({ "relationship": "neighbour" }), "relationship"),
        "update_member_topics" => (json!({ "decisions": "none" }), "decisions"),
        "update_role" => (json!({ "description": "On weekdays" }), "description"),
        "update_role_assignment" => (json!({ "ends_on": "2027-03-31" }), "ends_on"),
        "update_task_list" | "update_checklist_item" => (json!({ "position": 7 }), "position"),
        "update_task" => (json!({ "due_local": "2027-01-03T10:00" }), "due"),
        "update_task_series" => (json!({ "effort_minutes": 25 }), "effort_minutes"),
        "update_appointment_series" | "update_appointment" => {
            (json!({ "location": "Ward 5" }), "location")
        }
        "update_need" => (
            json!({ "pickup_location": "The station" }),
            "pickup_location",
        ),
        "update_absence" => (json!({ "until_on": "2027-06-05" }), "until_on"),
        "update_meeting_agenda_item" => (json!({ "outcome": "Ben comes" }), "outcome"),
        "update_question" => (json!({ "text": "With milk?" }), "text"),
        "update_thread" => (json!({ "title": "Visits" }), "title"),
        "update_message" => (json!({ "body": "Good evening" }), "body"),
        "update_account" => (json!({ "name": "Ana D." }), "-"),
        "update_session" => (json!({ "device_label": "Phone" }), "-"),
        "update_notification_settings" => (json!({ "gaps": "off" }), "-"),
        // The test has no passkey to rename.
        "update_passkey" => (Value::Null, "-"),
        _ => return None,
    })
}

async fn fixture() -> (Person, Ids) {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let mut ids = crate::contract::matrix::fresh(&ana, "ours").await;
    let away = ana
        .post("/absences", json!({ "from_on": "2027-06-01" }))
        .await;
    away.is(201)["id"]
        .as_str()
        .unwrap()
        .clone_into(&mut ids.absence);
    let accept = format!("/role-assignments/{}/accept", ids.role_assignment);
    ana.act(&accept).await.is(200);
    app.mails().await;
    (ana, ids)
}

async fn newest(ana: &Person) -> Value {
    ana.get("/activity?limit=1").await.is(200)["data"][0].clone()
}

#[tokio::test]
async fn a_patch_that_changes_nothing_leaves_everything_as_it_is() {
    let document = kith::api::operations();
    for (path, item) in document["paths"].as_object().unwrap() {
        let Some(name) = item["patch"]["operationId"].as_str() else {
            continue;
        };
        let Some((body, field)) = change(name) else {
            panic!("{name}: add a line to change() in tests/api/contract/answers/unchanged.rs");
        };
        if body.is_null() {
            continue;
        }
        let (ana, ids) = fixture().await;
        let sessions = ana.get("/v1/me/sessions").await.is(200);
        let session = sessions["data"][0]["id"].as_str().unwrap();
        let path = path.replace("{session_id}", session);
        let path = fill(&path, &ids);
        let first = ana.patch(&path, body.clone()).await;
        assert_eq!(first.status, 200, "{name}: {}", first.text);
        let line = newest(&ana).await;
        if field != "-" {
            // A change of a role assignment is recorded as a change of its role.
            let of_role = name == "update_role_assignment";
            let named = if of_role { "assignments" } else { field };
            assert_eq!(line["changed_fields"], json!([named]), "{name}");
        }
        // Notifications wait for 20 seconds.
        ana.app.advance(chrono::TimeDelta::seconds(25));
        ana.app.mails().await;
        let again = ana.patch(&path, body.clone()).await;
        assert_eq!(
            (again.status.as_u16(), &again.text, again.header("etag")),
            (200, &first.text, first.header("etag")),
            "{name}"
        );
        assert_eq!(newest(&ana).await, line, "{name}");
        ana.app.advance(chrono::TimeDelta::seconds(25));
        let mails = ana.app.mails().await;
        assert!(mails.is_empty(), "{name}: {mails:#?}");
        // An outdated version is refused even if nothing would change.
        let is_versioned = first.json()["version"].is_number();
        if is_versioned {
            let old = ("if-match", "\"0\"");
            let stale = ana.with(old, &Method::PATCH, &path, Some(body)).await;
            stale.is_problem(412, "version_mismatch");
        }
    }
}

#[tokio::test]
async fn the_activity_names_only_the_fields_that_a_patch_changed() {
    let (ana, ids) = fixture().await;
    let path = format!("/tasks/{}", ids.task);
    let task = ana.get(&path).await.is(200);
    let body =
        json!({ "title": task["title"], "notes": "By the bridge", "category": task["category"] });
    ana.patch(&path, body).await.is(200);
    assert_eq!(newest(&ana).await["changed_fields"], json!(["notes"]));
}

#[tokio::test]
async fn an_action_that_changes_nothing_leaves_everything_as_it_is() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let ids = crate::contract::matrix::fresh(&ana, "ours").await;
    let to_ben = json!({ "member_id": ben.member_id });
    let verbs = [
        (format!("/tasks/{}/offer", ids.task), to_ben.clone()),
        (format!("/needs/{}/offer", ids.need), to_ben.clone()),
        (
            format!("/appointments/{}/reschedule", ids.appointment),
            json!({ "starts_on": "2027-01-05" }),
        ),
        (
            format!("/appointments/{}/attendees", ids.appointment),
            json!({ "member_ids": [ana.member_id] }),
        ),
        (
            format!("/appointments/{}/attendees/me/respond", ids.appointment),
            json!({ "response": "tentative" }),
        ),
        (
            format!("/questions/{}/plan", ids.question),
            json!({ "appointment_id": ids.appointment }),
        ),
        (
            format!("/questions/{}/answer", ids.question),
            json!({ "answer": "Yes.", "answered_on": "2026-11-30" }),
        ),
    ];
    for (path, body) in verbs {
        let first = ana.post(&path, body.clone()).await;
        assert_eq!(first.status, 200, "{path}: {}", first.text);
        let line = newest(&ana).await;
        app.advance(chrono::TimeDelta::seconds(25));
        app.mails().await;
        let again = ana.post(&path, body).await;
        assert_eq!(
            (&again.text, again.header("etag")),
            (&first.text, first.header("etag")),
            "{path}"
        );
        assert_eq!(newest(&ana).await, line, "{path}");
        app.advance(chrono::TimeDelta::seconds(25));
        let mails = app.mails().await;
        assert!(mails.is_empty(), "{path}: {mails:#?}");
    }
}
