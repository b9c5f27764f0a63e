//! `GET /v1/circles/{circle_id}/workloads`

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Client, TestApp};
use crate::needs::{add_need, need_act};

async fn workloads(by: &Client) -> Vec<Value> {
    let page = by.get("/workloads").await.is(200);
    page["data"].as_array().unwrap().clone()
}

async fn names(by: &Client) -> Vec<String> {
    let name = |workload: &Value| workload["name"].as_str().unwrap().replace(" Test", "");
    workloads(by).await.iter().map(name).collect()
}

fn numbers(workload: &Value) -> [i64; 6] {
    [
        "open_tasks",
        "open_needs",
        "open_minutes",
        "completed_tasks",
        "completed_needs",
        "completed_minutes",
    ]
    .map(|name| workload[name].as_i64().unwrap())
}

#[tokio::test]
async fn members_see_who_carries_what_as_far_as_they_may() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora, eli] = app
        .circle(["coordinator", "helper", "caregiver", "viewer", "patient"])
        .await;
    let all = ["Ana", "Ben", "Cem", "Dora", "Eli"];
    assert_eq!(names(&ana).await, all);
    assert_eq!(names(&cem).await, all);
    assert_eq!(names(&ben).await, ["Ben"]);
    assert_eq!(names(&dora).await, ["Dora"]);
    assert_eq!(
        names(&eli).await,
        ["Eli"],
        "the patient sees only themselves"
    );
    ana.post(&format!("/members/{}/suspend", dora.member_id), json!({}))
        .await
        .is(200);
    assert_eq!(names(&ana).await, ["Ana", "Ben", "Cem", "Eli"]);
}

#[tokio::test]
async fn a_workload_counts_what_is_claimed_soon_and_what_was_done_lately() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "caregiver"]).await;
    let task = async |body: Value, verb: &str| {
        let task = ana.task(body).await;
        ben.task_act(&task, verb).await.is(200);
    };
    task(
        json!({ "title": "a", "due_on": "2026-12-05", "effort_minutes": 30 }),
        "claim",
    )
    .await;
    task(
        json!({ "title": "b", "due_on": "2026-11-05", "effort_minutes": 20 }),
        "claim",
    )
    .await;
    task(json!({ "title": "c" }), "claim").await;
    task(
        json!({ "title": "d", "due_on": "2026-12-25", "effort_minutes": 500 }),
        "claim",
    )
    .await;
    let done = ana
        .task(json!({ "title": "e", "effort_minutes": 45 }))
        .await;
    ben.task_act(&done, "claim").await.is(200);
    ben.task_act(&done, "complete").await.is(200);
    let walk = json!({
        "title": "Walk", "topic": "daily", "starts_local": "2026-12-03T10:00",
        "ends_local": "2026-12-03T12:00", "without_attendees": true,
    });
    let walk = ana.post("/appointments", walk).await.is(201);
    let need = add_need(&ana, &walk, json!({ "kind": "companion" })).await;
    need_act(&ben, &need, "claim").await.is(200);
    let role = json!({ "kind": "pets", "effort_minutes_per_week": 70 });
    let role = ana.post("/roles", role).await.is(201);
    let role = format!("/roles/{}/claim", role["id"].as_str().unwrap());
    cem.act(&role).await.is(200);
    // Cem sees and does something about health, which Ben does not see.
    let pills = json!({ "title": "f", "topic": "health", "effort_minutes": 5 });
    let pills = ana.task(pills).await;
    cem.task_act(&pills, "claim").await.is(200);

    let seen = workloads(&ana).await;
    assert_eq!(numbers(&seen[0]), [0; 6]);
    assert_eq!(numbers(&seen[1]), [3, 1, 50 + 120, 1, 0, 45]);
    assert_eq!(numbers(&seen[2]), [1, 0, 5, 0, 0, 0]);
    assert_eq!(seen[2]["roles"][0]["title"], "Pets");
    assert_eq!(seen[2]["roles"][0]["effort_minutes_per_week"], 70);
    assert_eq!(seen[1]["roles"], json!([]));
    assert_eq!(numbers(&workloads(&ben).await[0]), numbers(&seen[1]));

    app.advance(TimeDelta::days(4));
    let seen = workloads(&ana.later().await).await;
    assert_eq!(numbers(&seen[1]), [3, 0, 50, 1, 1, 45 + 120]);
    app.advance(TimeDelta::days(30));
    let seen = workloads(&ana.later().await).await;
    assert_eq!(numbers(&seen[1])[3..], [0; 3], "longer than 28 days ago");
}

#[tokio::test]
async fn nobody_counts_what_was_declined_or_released() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = ana
        .task(json!({ "title": "a", "due_on": "2026-12-05", "effort_minutes": 30 }))
        .await;
    ben.task_act(&task, "claim").await.is(200);
    ben.task_act(&task, "release").await.is(200);
    let offer = format!("/tasks/{}/offer", task["id"].as_str().unwrap());
    ana.post(&offer, json!({ "member_id": ben.member_id }))
        .await
        .is(200);
    ben.task_act(&task, "decline").await.is(200);
    assert_eq!(numbers(&workloads(&ana).await[1]), [0; 6]);
}
