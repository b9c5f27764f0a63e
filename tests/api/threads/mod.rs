//! Tests of threads: who sees them, from which message on, and what is unread.

mod archive;
mod create;
mod get;
mod list;
mod mark_read;
mod update;

use serde_json::{Value, json};

use crate::harness::{Client, Person, Reply};

pub fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

pub async fn about(by: &Person, topic: &str) -> Value {
    let thread = json!({ "title": format!("About {topic}"), "topic": topic });
    by.post("/threads", thread).await.is(201)
}

pub async fn between(by: &Person, others: &[&Person]) -> Value {
    let others: Vec<_> = others.iter().map(|other| &other.member_id).collect();
    let thread = json!({ "member_ids": others });
    by.post("/threads", thread).await.is(201)
}

pub fn messages(thread: &Value) -> String {
    format!("/threads/{}/messages", id(thread))
}

pub async fn say(by: &Client, thread: &Value, body: &str) -> Value {
    let message = json!({ "body": body });
    by.post(&messages(thread), message).await.is(201)
}

pub async fn mark(by: &Client, thread: &Value, message: &Value) -> Reply {
    let mark = json!({ "last_read_message_id": message["id"] });
    by.post(&format!("/threads/{}/mark-read", id(thread)), mark)
        .await
}

pub async fn delete(by: &Client, message: &Value) -> Reply {
    by.delete(&format!("/messages/{}", id(message))).await
}

/// The thread as the caller's list shows it.
pub async fn listed(by: &Client, thread: &Value) -> Value {
    let list = by.get("/threads").await.is(200);
    let rows = list["data"].as_array().unwrap();
    let row = rows.iter().find(|row| row["id"] == thread["id"]);
    row.cloned().unwrap_or_default()
}

/// The messages that the caller sees in a thread, the newest first.
pub async fn bodies(by: &Client, thread: &Value) -> Vec<Value> {
    let page = by.get(&messages(thread)).await.is(200);
    let rows = page["data"].as_array().unwrap();
    rows.iter().map(|row| row["body"].clone()).collect()
}
