//! Tests of the needs of appointments, and functions that create and claim them.

mod accept;
mod claim;
mod create;
mod following;
mod lifecycle;
mod list;

use serde_json::{Value, json};

use crate::appointments::path_of;
use crate::harness::{Client, Person, Reply};

/// Adds a need to an appointment and returns the need.
pub async fn add_need(by: &Client, appointment: &Value, need: Value) -> Value {
    let path = format!("{}/needs", path_of(appointment));
    by.post(&path, need).await.is(201)
}

pub fn need_path(need: &Value) -> String {
    format!("/needs/{}", need["id"].as_str().unwrap())
}

pub async fn need_act(by: &Client, need: &Value, verb: &str) -> Reply {
    by.act(&format!("{}/{verb}", need_path(need))).await
}

pub async fn offer_need(by: &Client, need: &Value, to: &Person) -> Reply {
    let path = format!("{}/offer", need_path(need));
    by.post(&path, json!({ "member_id": to.member_id })).await
}

async fn read(by: &Client, need: &Value) -> Value {
    by.get(&need_path(need)).await.is(200)
}
