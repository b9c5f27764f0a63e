//! Series of appointments: `/v1/circles/{circle_id}/appointment-series`.

use serde_json::{Value, json};

use crate::harness::Person;

mod away;
mod create;
mod extend;
mod needs;
mod respond;
mod stop;
mod update;
mod who;

impl Person {
    /// Creates a series of appointments.
    pub async fn visits(&self, body: Value) -> Value {
        self.post("/appointment-series", body).await.is(201)
    }

    /// Uses a verb of a series.
    pub async fn visits_act(&self, series: &Value, verb: &str) -> Value {
        self.act(&format!("{}/{verb}", path_of(series)))
            .await
            .is(200)
    }

    /// Changes a series.
    pub async fn change_visits(&self, series: &Value, body: Value) -> Value {
        self.patch(&path_of(series), body).await.is(200)
    }

    /// The appointments of a series in a state, the first date first.
    pub async fn visits_of(&self, series: &Value, state: &str) -> Vec<Value> {
        let id = series["id"].as_str().unwrap();
        let page = self
            .get(&format!(
                "/appointments?series_id={id}&state={state}&limit=200"
            ))
            .await
            .is(200);
        page["data"].as_array().unwrap().clone()
    }
}

pub fn path_of(series: &Value) -> String {
    format!("/appointment-series/{}", series["id"].as_str().unwrap())
}

/// When appointments start, as people entered it.
pub fn starts(visits: &[Value]) -> Vec<&str> {
    let starts = visits
        .iter()
        .map(|visit| visit["starts_local"].as_str().unwrap());
    starts.collect()
}

/// Each Tuesday from eight to half past twelve.
pub fn dialysis() -> Value {
    json!({
        "title": "Dialysis",
        "kind": "treatment",
        "starts_local": "2026-12-08T08:00",
        "ends_local": "2026-12-08T12:30",
        "time_zone": "Europe/Berlin",
        "recurrence": "FREQ=WEEKLY",
    })
}
