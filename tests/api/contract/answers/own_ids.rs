//! A create that is repeated with the id that its client chose: the same request never has a second
//! effect, and a different request is refused.

use chrono::TimeDelta;
use kith::privacy::retention::sweep;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::contract::matrix::{Ids, fill};
use crate::harness::{Client, Person, TestApp};

/// A create: its body, a different body, and a later change of the thing.
struct Create {
    body: Value,
    other: Value,
    change: Option<Value>,
}

fn create(operation: &str) -> Option<Create> {
    let (body, other, change) = match operation {
        "create_circle" => (
            json!({ "patient_name": "Rosa" }),
            json!({ "patient_name": "Rose" }),
            Some(json!({ "name": "Another" })),
        ),
        "create_role" => (
            json!({ "kind": "custom", "title": "Plants" }),
            json!({ "kind": "custom", "title": "Flowers" }),
            Some(json!({ "title": "Another" })),
        ),
        "create_task_list" | "create_task" => (
            json!({ "title": "Shopping" }),
            json!({ "title": "Cooking" }),
            Some(json!({ "title": "Another" })),
        ),
        "create_task_series" => (
            json!({ "title": "Shopping", "due_on": "2027-01-02", "recurrence": "FREQ=WEEKLY" }),
            json!({ "title": "Cooking", "due_on": "2027-01-02", "recurrence": "FREQ=WEEKLY" }),
            Some(json!({ "title": "Another" })),
        ),
        "create_appointment_series" => (
            json!({ "title": "Visits", "starts_on": "2027-01-02", "recurrence": "FREQ=WEEKLY" }),
            json!({ "title": "Scans", "starts_on": "2027-01-02", "recurrence": "FREQ=WEEKLY" }),
            Some(json!({ "title": "Another" })),
        ),
        "create_appointment" => (
            json!({ "title": "Visit", "starts_on": "2027-01-02" }),
            json!({ "title": "Visit", "starts_on": "2027-01-03" }),
            Some(json!({ "title": "Another" })),
        ),
        "create_need" => (
            json!({ "kind": "driver" }),
            json!({ "kind": "driver", "notes": "A large car" }),
            Some(json!({ "notes": "Another" })),
        ),
        "create_meeting_agenda_item" => (
            json!({ "title": "Nights" }),
            json!({ "title": "Weekends" }),
            Some(json!({ "title": "Another" })),
        ),
        "create_question" => (
            json!({ "text": "With food?" }),
            json!({ "text": "With milk?" }),
            Some(json!({ "text": "Another" })),
        ),
        "create_thread" => (
            json!({ "title": "Visits", "topic": "daily" }),
            json!({ "title": "Visits", "topic": "family" }),
            Some(json!({ "title": "Another" })),
        ),
        "create_checklist_item" => (
            json!({ "title": "Bread" }),
            json!({ "title": "Butter" }),
            Some(json!({ "title": "Another" })),
        ),
        "create_message" | "create_task_comment" | "create_appointment_comment" => (
            json!({ "body": "Good morning" }),
            json!({ "body": "Good evening" }),
            Some(json!({ "body": "Another" })),
        ),
        "create_invitation" => (
            json!({ "email": "guest@test.example", "access": "viewer" }),
            json!({ "email": "guest@test.example", "access": "helper" }),
            None,
        ),
        "propose_invitation" => (
            json!({ "email": "other@test.example" }),
            json!({ "email": "other@test.example", "name": "Gio" }),
            None,
        ),
        _ => return None,
    };
    Some(Create {
        body,
        other,
        change,
    })
}

fn with_id(mut body: Value, id: &str) -> Value {
    body["id"] = json!(id);
    body
}

async fn fixture() -> (Person, Ids) {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let ids = crate::contract::matrix::fresh(&ana, "ours").await;
    app.mails().await;
    (ana, ids)
}

/// Every create that takes an id, by its path.
fn creates() -> Vec<(String, &'static str, Create)> {
    let document: &'static Value = Box::leak(Box::new(kith::api::operations()));
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let operation = &item["post"];
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        let name = schema.as_str().unwrap_or_default();
        let name = name
            .strip_prefix("#/components/schemas/")
            .unwrap_or_default();
        if document["components"]["schemas"][name]["properties"]["id"].is_null() {
            continue;
        }
        let operation = operation["operationId"].as_str().unwrap();
        let Some(create) = create(operation) else {
            panic!(
                "{operation} takes an id of the client's choice: add a line to create() in \
                 tests/api/contract/answers/own_ids.rs"
            );
        };
        all.push((path.clone(), operation, create));
    }
    assert_eq!(
        all.len(),
        17,
        "tests/api/contract/answers/own_ids.rs: the number of creates that take an id has changed: write the \
         new number here"
    );
    all
}

#[tokio::test]
async fn the_same_id_with_another_body_is_refused() {
    let (ana, ids) = fixture().await;
    for (path, name, create) in creates() {
        let (path, id) = (fill(&path, &ids), Uuid::now_v7().to_string());
        let first = ana.post(&path, with_id(create.body.clone(), &id)).await;
        assert_eq!(first.status, 201, "{name}: {}", first.text);
        let other = ana.post(&path, with_id(create.other, &id)).await;
        let problem = other.is_problem(409, "id_reused");
        let detail = problem["detail"].as_str().unwrap();
        assert!(
            detail.contains("Nothing of this request was stored"),
            "{name}"
        );
        // A client may write the same id in capital letters.
        let again = with_id(create.body, &id.to_uppercase());
        let again = ana.post(&path, again).await;
        assert_eq!(
            (again.status.as_u16(), &again.text),
            (200, &first.text),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_create_repeated_days_later_answers_with_the_current_state() {
    let (ana, ids) = fixture().await;
    let app = ana.app.clone();
    let mut made: Vec<(String, &str, Value)> = Vec::new();
    for (path, name, create) in creates() {
        let (path, id) = (fill(&path, &ids), Uuid::now_v7().to_string());
        let body = with_id(create.body, &id);
        let first = ana.post(&path, body.clone()).await;
        if let Some(change) = create.change {
            let location = first.header("location").to_owned();
            let changed = ana.patch(&location, change).await;
            assert_eq!(changed.status, 200, "{name}: {}", changed.text);
        }
        made.push((path, name, body));
    }
    app.mails().await;
    app.advance(TimeDelta::days(3));
    sweep(&app.app).await.unwrap();
    let later: Client = ana.later().await;
    for (path, name, body) in made {
        let again = later.post(&path, body.clone()).await;
        assert_eq!(again.status, 200, "{name}: {}", again.text);
        assert_eq!(again.json()["id"], body["id"], "{name}");
        if !["create_invitation", "propose_invitation"].contains(&name) {
            assert_eq!(
                again.json()["version"],
                2,
                "{name}: the answer shows the current state"
            );
        }
    }
    app.mails().await;
}

#[tokio::test]
async fn an_id_chosen_by_another_person_or_by_the_server_is_refused() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let body = json!({ "id": Uuid::now_v7(), "title": "Mine" });
    ana.task(body.clone()).await;
    ben.post("/tasks", body).await.is_problem(409, "id_taken");
    let unchosen = ana.task(json!({ "title": "Mine" })).await;
    let again = json!({ "id": unchosen["id"], "title": "Mine" });
    ana.post("/tasks", again).await.is_problem(409, "id_reused");
}

#[tokio::test]
async fn a_violation_of_another_constraint_is_not_reported_as_a_taken_id() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let beside = app.database.connect().await;
    let index = "CREATE UNIQUE INDEX tasks_title_key ON tasks (circle_id, title)";
    beside.execute_unprepared(index).await.unwrap();
    beside.close().await.unwrap();
    let body = json!({ "id": Uuid::now_v7(), "title": "Mine" });
    ana.task(body).await;
    let same_title = json!({ "id": Uuid::now_v7(), "title": "Mine" });
    ana.post("/tasks", same_title)
        .await
        .is_problem(500, "internal_error");
}
