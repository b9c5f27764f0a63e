//! Tests of the questions for the care team, and functions that add them.

mod answer;
mod create;
mod delete;
mod lifecycle;
mod list;
mod plan;
mod update;

use serde_json::{Value, json};

use crate::harness::{Client, Reply};

/// Adds a question; `more` adds fields or replaces them.
pub async fn ask_for(by: &Client, text: &str, more: Value) -> Value {
    let mut body = json!({ "text": text });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    by.post("/questions", body).await.is(201)
}

pub fn question_path(question: &Value) -> String {
    format!("/questions/{}", question["id"].as_str().unwrap())
}

pub async fn question_act(by: &Client, question: &Value, verb: &str) -> Reply {
    by.act(&format!("{}/{verb}", question_path(question))).await
}

pub async fn plan_for(by: &Client, question: &Value, appointment: &Value) -> Reply {
    let body = json!({ "appointment_id": appointment["id"] });
    by.post(&format!("{}/plan", question_path(question)), body)
        .await
}

/// The question as the caller sees it now.
pub async fn read_question(by: &Client, question: &Value) -> Value {
    by.get(&question_path(question)).await.is(200)
}
