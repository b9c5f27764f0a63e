//! Tests of absences.

mod create;
mod end;
mod kept;
mod over;
mod series;
mod silence;

use std::sync::Arc;

use serde_json::{Value, json};

use crate::harness::{Client, Person, TestApp};

/// A task that a member has claimed, due on a day.
async fn claimed(by: &Person, holder: &Client, day: &str) -> Value {
    let task = json!({ "title": "Cook", "due_on": day });
    let task = by.task(task).await;
    let path = format!("/tasks/{}/claim", task["id"].as_str().unwrap());
    holder.act(&path).await.is(200)
}

async fn away(by: &Client, body: Value) -> Value {
    by.post("/absences", body).await.is(201)
}

fn path_of(absence: &Value) -> String {
    format!("/absences/{}", absence["id"].as_str().unwrap())
}

async fn read(by: &Client, task: &Value) -> Value {
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    by.get(&path).await.is(200)
}

/// Coverage, and in order the state of each assignment with whether the member is away.
fn covered(task: &Value) -> (&str, Vec<(&str, bool)>) {
    let parts = task["assignments"].as_array().unwrap().iter();
    let parts = parts.map(|it| {
        let state = it["state"].as_str().unwrap();
        (state, it["is_away"].as_bool().unwrap())
    });
    let mut parts: Vec<_> = parts.collect();
    parts.sort_unstable();
    (task["coverage"].as_str().unwrap(), parts)
}

async fn family() -> (Arc<TestApp>, [Person; 4]) {
    let app = TestApp::start().await;
    let access = ["coordinator", "caregiver", "helper", "viewer"];
    let people = app.circle_of(access, ["Ana", "Ben", "Cem", "Dora"]).await;
    (app, people)
}
