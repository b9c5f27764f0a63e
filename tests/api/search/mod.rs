//! Tests of the search: what is found, by whom, and in which order.

mod both_databases;
mod index_circles;
mod search_circle;
mod search_my_circles;
mod visibility;

use std::fmt::Write;

use serde_json::{Value, json};

use crate::harness::{Client, Person};

/// The path of a search.
pub fn path(query: &str) -> String {
    format!("/search?q={}", encoded(query))
}

/// A text as a value of a query.
pub fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        write!(encoded, "%{byte:02X}").unwrap();
    }
    encoded
}

/// The hits of a search in a circle.
pub async fn hits(by: &Client, query: &str) -> Vec<Value> {
    let page = by.get(&path(query)).await.is(200);
    page["data"].as_array().unwrap().clone()
}

/// The titles of the hits of a search in a circle.
pub async fn titles(by: &Client, query: &str) -> Vec<String> {
    let hits = hits(by, query).await;
    let title = |hit: &Value| hit["title"].as_str().unwrap_or("-").to_owned();
    hits.iter().map(title).collect()
}

/// Creates an appointment about a topic.
pub async fn visit(by: &Person, title: &str, topic: &str) -> Value {
    let visit = json!({ "title": title, "starts_on": "2027-01-02", "topic": topic });
    by.post("/appointments", visit).await.is(201)
}
