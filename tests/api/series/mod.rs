//! Series of tasks: `/v1/circles/{circle_id}/task-series`.

use serde_json::{Value, json};

use crate::harness::Person;

mod checklists;
mod create;
mod extend;
mod members;
mod races;
mod stop;
mod update;

impl Person {
    /// Creates a series of tasks.
    pub async fn series(&self, body: Value) -> Value {
        self.post("/task-series", body).await.is(201)
    }

    /// Uses a verb of a series.
    pub async fn series_act(&self, series: &Value, verb: &str) -> Value {
        let id = series["id"].as_str().unwrap();
        self.act(&format!("/task-series/{id}/{verb}")).await.is(200)
    }

    /// Changes a series.
    pub async fn change_series(&self, series: &Value, body: Value) -> Value {
        let id = series["id"].as_str().unwrap();
        self.patch(&format!("/task-series/{id}"), body)
            .await
            .is(200)
    }

    /// The tasks of a series in these states, the first date first.
    pub async fn tasks_of(&self, series: &Value, state: &str) -> Vec<Value> {
        let id = series["id"].as_str().unwrap();
        let page = self
            .get(&format!("/tasks?series_id={id}&state={state}&limit=200"))
            .await
            .is(200);
        page["data"].as_array().unwrap().clone()
    }
}

/// When tasks are due, as people entered it.
pub fn due_locals(tasks: &[Value]) -> Vec<&str> {
    let due = tasks.iter().map(|task| task["due_local"].as_str().unwrap());
    due.collect()
}

/// Every Sunday at six in the evening.
pub fn pill_box() -> Value {
    json!({
        "title": "Fill the pill box",
        "due_local": "2026-12-06T18:00",
        "time_zone": "Europe/Berlin",
        "recurrence": "FREQ=WEEKLY",
    })
}
