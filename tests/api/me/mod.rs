//! What an app shows first: your circles, your agenda, and what waits for you.

mod agreement;
mod get_summary;
mod list_agenda_items;
mod list_circles;
mod list_my_calendar_items;
mod many_circles;
mod views;

use serde_json::{Value, json};

use crate::harness::{Client, Person};

/// The agenda, a line for each item: its type, its title or kind, and the part of the person.
async fn agenda(client: &Client, query: &str) -> Vec<String> {
    let page = client.get(&format!("/v1/me/agenda{query}")).await.is(200);
    let line = |item: &Value| {
        let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
        let which = item["title"].as_str().or(item["kind"].as_str()).unwrap();
        format!("{} {which} {}", text("type"), text("my_state"))
    };
    page["data"].as_array().unwrap().iter().map(line).collect()
}

async fn appointment(by: &Person, title: &str, starts: &str, attendees: &[&Person]) -> String {
    let ids: Vec<_> = attendees.iter().map(|person| &person.member_id).collect();
    let new = json!({ "title": title, "starts_local": starts, "topic": "daily", "attendee_member_ids": ids, "without_attendees": ids.is_empty() });
    let made = by.post("/appointments", new).await.is(201);
    made["id"].as_str().unwrap().to_owned()
}
