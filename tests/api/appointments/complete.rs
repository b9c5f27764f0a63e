//! `POST /v1/circles/{circle_id}/appointments/{appointment_id}/complete`

use chrono::TimeDelta;
use kith::entity::personal_access_token::TokenScope::{
    AppointmentsRead, AppointmentsWrite, TasksRead, TasksWrite,
};
use serde_json::{Value, json};

use super::{act, grant, path_of, scan};
use crate::contract::matrix::make_token;
use crate::harness::{Client, TestApp};

/// An appointment that takes place today.
async fn visit_today(by: &Client) -> Value {
    let today = json!({ "starts_on": "2026-12-01", "starts_local": null, "ends_local": null });
    scan(by, today).await
}

fn complete_path(appointment: &Value) -> String {
    format!("{}/complete", path_of(appointment))
}

#[tokio::test]
async fn an_appointment_can_be_completed_only_after_it_starts() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let soon = json!({ "starts_local": "2026-12-01T09:08" });
    let appointment = scan(&ana, soon).await;
    let today = scan(
        &ana,
        json!({ "starts_on": "2026-12-01", "starts_local": null, "ends_local": null }),
    )
    .await;
    let tomorrow = scan(
        &ana,
        json!({ "starts_on": "2026-12-02", "starts_local": null, "ends_local": null }),
    )
    .await;
    act(&ana, &tomorrow, "complete")
        .await
        .is_problem(409, "too_early");
    act(&ana, &today, "complete").await.is(200);
    // The problem says that a future appointment can only be canceled.
    let refused = act(&ana, &tomorrow, "mark-missed").await;
    let problem = refused.is_problem(409, "too_early");
    assert!(problem["detail"].as_str().unwrap().contains("Cancel it"));
    act(&ana, &appointment, "mark-missed")
        .await
        .is_problem(409, "too_early");
    let seen = ana.get(&path_of(&tomorrow)).await.is(200);
    let actions = seen["actions"].as_array().unwrap();
    assert!(actions.contains(&json!("mark_missed")), "{seen}");
    act(&ana, &appointment, "complete")
        .await
        .is_problem(409, "too_early");
    app.advance(TimeDelta::minutes(8));
    let path = format!("{}/complete", path_of(&appointment));
    let completed = ana
        .post(&path, json!({ "outcome": "All fine." }))
        .await
        .is(200);
    assert_eq!(
        (
            &completed["state"],
            &completed["outcome"],
            &completed["actions"]
        ),
        (
            &json!("completed"),
            &json!("All fine."),
            &json!(["update", "create_comment"])
        )
    );
    app.advance(TimeDelta::days(1));
    let ana = ana.later().await;
    act(&ana, &tomorrow, "mark-missed").await.is(200);
}

#[tokio::test]
async fn what_is_written_about_a_completed_appointment_can_be_changed() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "helper"]).await;
    let visit = visit_today(&ana).await;
    let path = path_of(&visit);
    let outcome = json!({ "outcome": "New tablets." });
    let early = ana.patch(&path, outcome.clone()).await;
    early.is_problem(409, "too_early");
    ana.act(&complete_path(&visit)).await.is(200);
    app.mails().await;
    // Who repeats the verb with another outcome changes nothing.
    let again = ben.post(&complete_path(&visit), outcome.clone()).await;
    assert_eq!(again.is(200)["outcome"], Value::Null);
    let said = ben.patch(&path, outcome).await.is(200);
    assert_eq!(
        (&said["outcome"], &said["state"]),
        (&json!("New tablets."), &json!("completed"))
    );
    let elsewhere = json!({ "location": "Ward 9", "outcome": "" });
    let cleared = ben.patch(&path, elsewhere).await.is(200);
    assert_eq!(
        (&cleared["outcome"], &cleared["location"]),
        (&Value::Null, &json!("Ward 9"))
    );
    cem.patch(&path, json!({ "outcome": "x" }))
        .await
        .is_problem(403, "forbidden");
    assert_eq!(app.mails().await.len(), 0);
}

#[tokio::test]
async fn what_came_out_of_an_appointment_becomes_tasks() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "helper"]).await;
    let visit = visit_today(&ana).await;
    let body = json!({
        "outcome": "New tablets.",
        "follow_up_tasks": [
            { "title": "Pick up the tablets", "category": "medication", "due_on": "2026-12-03" },
            { "title": "Cook without salt", "due_local": "2026-12-04T18:00", "topic": "daily" },
        ],
    });
    let path = complete_path(&visit);
    ana.post(&path, body.clone()).await.is(200);
    let linked = format!("/tasks?appointment_id={}", visit["id"].as_str().unwrap());
    let tasks = ana.get(&linked).await.is(200);
    let tasks = tasks["data"].as_array().unwrap();
    let facts = |task: &Value| {
        let fields = ["title", "topic", "state", "due_on", "due_local", "coverage"];
        let facts = fields.map(|field| task[field].as_str().unwrap_or("-").to_owned());
        facts.join(" | ")
    };
    let facts: Vec<_> = tasks.iter().map(facts).collect();
    assert_eq!(
        facts,
        [
            "Pick up the tablets | health | open | 2026-12-03 | - | none",
            "Cook without salt | daily | open | - | 2026-12-04T18:00 | none"
        ]
    );
    assert!(
        tasks
            .iter()
            .all(|task| task["appointment_id"] == visit["id"])
    );
    // The members who claim them are reminded.
    let reminders = format!("/tasks/{}/reminders", tasks[0]["id"].as_str().unwrap());
    let reminders = ana.get(&reminders).await.is(200);
    assert_eq!(reminders["data"][0]["minutes_before"], 1440);
    // Who completes it twice creates nothing twice.
    ana.post(&path, body).await.is(200);
    let again = ben.get(&linked).await.is(200);
    assert_eq!(again["data"].as_array().unwrap().len(), 2);
    // A helper sees the everyday task, and nothing of the appointment.
    let of_cem = cem.get("/tasks").await.is(200);
    let of_cem = of_cem["data"].as_array().unwrap();
    assert_eq!(of_cem.len(), 1);
    assert_eq!(
        (&of_cem[0]["title"], &of_cem[0]["appointment_id"]),
        (&json!("Cook without salt"), &json!(null))
    );
    let claimed = cem.task_act(&of_cem[0], "claim").await.is(200);
    assert_eq!(claimed["appointment_id"], json!(null));
    assert_eq!(cem.get(&linked).await.is(200)["data"], json!([]));
    let verbs = ana.get("/activity").await.is(200);
    let created = verbs["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["verb"] == "created" && line["subject_type"] == "task");
    assert_eq!(created.count(), 2);
    app.mails().await;
}

#[tokio::test]
async fn a_follow_up_task_is_about_the_topic_of_the_appointment_if_nobody_says_what_it_is_about() {
    let app = TestApp::start().await;
    let [ana, cem] = app.circle(["coordinator", "helper"]).await;
    let visit = visit_today(&ana).await;
    let body = json!({
        "follow_up_tasks": [
            { "title": "Book the biopsy" },
            { "title": "Send the bill", "category": "paperwork" },
            { "title": "Bring the crutches", "category": "errand" },
        ],
    });
    ana.post(&complete_path(&visit), body).await.is(200);
    let tasks = ana.get("/tasks?sort=created_at").await.is(200);
    let mut topics: Vec<_> = tasks["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|task| format!("{} {} {}", task["title"], task["category"], task["topic"]))
        .collect();
    topics.sort();
    assert_eq!(
        topics,
        [
            r#""Book the biopsy" "other" "health""#,
            r#""Bring the crutches" "errand" "daily""#,
            r#""Send the bill" "paperwork" "family""#,
        ]
    );
    let seen = cem.get("/tasks").await.is(200);
    assert_eq!(seen["data"].as_array().unwrap().len(), 1);
    app.mails().await;
}

#[tokio::test]
async fn follow_up_tasks_have_the_rules_of_other_tasks() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let visit = visit_today(&ana).await;
    let path = complete_path(&visit);
    let task = |more: Value| {
        let mut task = json!({ "title": "a" });
        for (name, value) in more.as_object().unwrap() {
            task[name] = value.clone();
        }
        task
    };
    let hidden = json!({ "topic": "decisions" });
    for (tasks, errors) in [
        (
            json!([{ "category": "other" }, {}]),
            vec![
                "/follow_up_tasks/0/title required",
                "/follow_up_tasks/1/title required",
            ],
        ),
        (
            json!([task(
                json!({ "due_on": "2026-12-03", "due_local": "2026-12-03T10:00" })
            )]),
            vec!["/follow_up_tasks/0/due_on date_and_time"],
        ),
        (
            json!([task(json!({})), task(hidden.clone()), task(hidden)]),
            vec![
                "/follow_up_tasks/1/topic topic_not_visible",
                "/follow_up_tasks/2/topic topic_not_visible",
            ],
        ),
        (
            json!(vec![task(json!({})); 11]),
            vec!["/follow_up_tasks too_long"],
        ),
    ] {
        let refused = ana.post(&path, json!({ "follow_up_tasks": tasks })).await;
        assert_eq!(refused.is_invalid(), errors);
    }
    // Nothing of it was done.
    let seen = ana.get(&path_of(&visit)).await.is(200);
    assert_eq!(seen["state"], "scheduled");
    assert_eq!(ana.get("/tasks").await.is(200)["data"], json!([]));
    let ten = json!({ "follow_up_tasks": vec![task(json!({})); 10] });
    ana.post(&path, ten).await.is(200);
    let tasks = ana.get("/tasks").await.is(200);
    assert_eq!(tasks["data"].as_array().unwrap().len(), 10);
    app.mails().await;
}

#[tokio::test]
async fn a_token_creates_follow_up_tasks_only_with_the_scope_of_tasks() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let visit = visit_today(&ana).await;
    let path = complete_path(&visit);
    let body = json!({ "follow_up_tasks": [{ "title": "a" }] });
    let scopes = [AppointmentsRead, AppointmentsWrite];
    let (_, token) = make_token(&ana, ana.circle_id(), &scopes).await;
    let refused = token.post(&path, body.clone()).await;
    refused.is_problem(403, "insufficient_scope");
    let scopes = [AppointmentsRead, AppointmentsWrite, TasksRead, TasksWrite];
    let (_, token) = make_token(&ana, ana.circle_id(), &scopes).await;
    token.post(&path, body).await.is(200);
    app.mails().await;
}

#[tokio::test]
async fn ten_follow_up_tasks_cost_no_statement_more_than_none() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let mut counts = Vec::new();
    for tasks in [
        json!([]),
        json!(vec![json!({ "title": "a", "due_on": "2026-12-05" }); 10]),
    ] {
        let visit = visit_today(&ana).await;
        let planned = json!({ "text": "a", "appointment_id": visit["id"] });
        ana.post("/questions", planned).await.is(201);
        let body = json!({ "outcome": "Fine.", "follow_up_tasks": tasks });
        let request = ana.request(
            &axum::http::Method::POST,
            &complete_path(&visit),
            Some(&body),
        );
        let (reply, count) = app.with_statements(app.send(request)).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        counts.push(count);
    }
    assert_eq!(counts[0], counts[1]);
    app.mails().await;
}

#[tokio::test]
async fn a_follow_up_task_is_linked_only_for_those_who_see_the_appointment() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let visit = visit_today(&ana).await;
    let body = json!({ "follow_up_tasks": [{ "title": "a", "topic": "daily" }] });
    ana.post(&complete_path(&visit), body).await.is(200);
    let task = ben.get("/tasks").await.is(200)["data"][0].clone();
    assert_eq!(task["appointment_id"], visit["id"]);
    grant(&ana, &ben, json!({ "health": "none" })).await;
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    assert_eq!(ben.get(&path).await.is(200)["appointment_id"], json!(null));
    assert_eq!(ana.get(&path).await.is(200)["appointment_id"], visit["id"]);
    app.mails().await;
}
