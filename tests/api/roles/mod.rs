//! Tests of the roles of a circle, and functions that create and offer them.

mod archive;
mod create;
mod lifecycle;
mod list;
mod offers;
mod patient;

use serde_json::{Value, json};

use crate::harness::{Client, Person, Reply};

async fn role(by: &Person, body: Value) -> Value {
    by.post("/roles", body).await.is(201)
}

fn path_of(role: &Value) -> String {
    format!("/roles/{}", role["id"].as_str().unwrap())
}

async fn offer(by: &Client, role: &Value, to: &Person, mut body: Value) -> Reply {
    body["member_id"] = json!(to.member_id);
    by.post(&format!("{}/offer", path_of(role)), body).await
}

/// The current assignment of a member in a role.
#[track_caller]
fn assignment_of(role: &Value, person: &Person) -> Value {
    let parts = role["assignments"].as_array().unwrap();
    let mut current = parts
        .iter()
        .filter(|part| part["member_id"] == *person.member_id);
    current.next().unwrap().clone()
}

async fn act(by: &Client, part: &Value, verb: &str) -> Reply {
    let id = part["id"].as_str().unwrap();
    by.act(&format!("/role-assignments/{id}/{verb}")).await
}

/// The assignments of a role in the order of the timeline, each as name and state.
async fn timeline(by: &Client, role: &Value) -> Vec<String> {
    let page = by
        .get(&format!("{}/assignments", path_of(role)))
        .await
        .is(200);
    let text = |part: &Value, name: &str| part[name].as_str().unwrap_or("-").to_owned();
    let line = |part: &Value| [text(part, "name"), text(part, "state")].join(" ");
    page["data"].as_array().unwrap().iter().map(line).collect()
}

async fn change_assignment(by: &Client, part: &Value, body: Value) -> Reply {
    let id = part["id"].as_str().unwrap();
    by.patch(&format!("/role-assignments/{id}"), body).await
}
