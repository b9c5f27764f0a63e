//! The calendar of a circle, and what still needs somebody in it.

mod list_calendar_items;
mod list_gaps;
mod projected;

use serde_json::{Value, json};

use crate::harness::{Client, Person};

/// An appointment to which these people are asked.
async fn visit(by: &Person, attendees: &[&Person], mut body: Value) -> Value {
    let ids: Vec<_> = attendees.iter().map(|person| &person.member_id).collect();
    body["without_attendees"] = json!(ids.is_empty());
    body["attendee_member_ids"] = json!(ids);
    by.post("/appointments", body).await.is(201)
}

async fn respond(by: &Client, visit: &Value, response: &str) {
    let id = visit["id"].as_str().unwrap();
    let path = format!("/appointments/{id}/attendees/me/respond");
    by.post(&path, json!({ "response": response }))
        .await
        .is(200);
}
