//! What an app shows first: your circles, your agenda, what waits for you.

mod list_circles;
mod many_circles;
mod read_agenda;
mod read_summary;
mod views;

use serde_json::{Value, json};

use crate::harness::{Client, Person};

/// The agenda as one line an item: what it is, which, and the part of the person in it.
async fn agenda(client: &Client, query: &str) -> Vec<String> {
    let page = client.get(&format!("/v1/me/agenda{query}")).await.is(200);
    let line = |item: &Value| {
        let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
        let which = item["title"].as_str().or(item["kind"].as_str()).unwrap();
        format!("{} {which} {}", text("type"), text("my_part"))
    };
    page["data"].as_array().unwrap().iter().map(line).collect()
}

async fn appointment(by: &Person, title: &str, starts: &str, attendees: &[&Person]) -> String {
    let ids: Vec<_> = attendees.iter().map(|person| &person.member_id).collect();
    let new =
        json!({ "title": title, "starts_local": starts, "topic": "daily", "attendee_ids": ids });
    let made = by.post("/appointments", new).await.is(201);
    made["id"].as_str().unwrap().to_owned()
}
