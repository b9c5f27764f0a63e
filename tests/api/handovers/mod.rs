//! Tests of handovers, and functions that start and answer them.

mod accept;
mod create;
mod decline;
mod ending;
mod expire;
mod list;
mod place;
mod races;
mod waiting;
mod withdraw;

use serde_json::{Value, json};

use crate::appointments::scan;
use crate::harness::{Client, Person, Reply, TestApp};
use crate::needs::{add_need, need_act};

/// Asks a member, or anybody, to take something over. `names` is the field that names it.
pub async fn hand_over(by: &Client, names: &str, id: &Value, to: Option<&Person>) -> Value {
    let to = to.map(|person| &person.member_id);
    let handover = json!({ names: id, "to_member_id": to });
    by.post("/handovers", handover).await.is(201)
}

pub fn path_of(handover: &Value) -> String {
    format!("/handovers/{}", handover["id"].as_str().unwrap())
}

pub async fn act_on(by: &Client, handover: &Value, verb: &str) -> Reply {
    by.act(&format!("{}/{verb}", path_of(handover))).await
}

pub async fn place(by: &Client, handover: &Value, to: &Person) -> Reply {
    let path = format!("{}/place", path_of(handover));
    by.post(&path, json!({ "member_id": to.member_id })).await
}

/// A task that a member has claimed.
async fn claimed(by: &Person, holder: &Person) -> Value {
    let task = json!({ "title": "Cook", "due_local": "2026-12-04T18:00" });
    let task = by.task(task).await;
    holder.task_act(&task, "claim").await.is(200)
}

/// A need that a member has claimed.
async fn claimed_need(by: &Person, holder: &Person) -> Value {
    let appointment = scan(by, json!({})).await;
    let need = add_need(by, &appointment, json!({ "kind": "driver" })).await;
    need_act(holder, &need, "claim").await.is(200)
}

/// The role assignment of a member who carries a new role.
async fn carried(by: &Person, holder: &Person) -> Value {
    let role = by.post("/roles", json!({ "kind": "pets" })).await.is(201);
    let path = format!("/roles/{}", role["id"].as_str().unwrap());
    let offer = json!({ "member_id": holder.member_id });
    let role = by.post(&format!("{path}/offer"), offer).await.is(200);
    let part = role["assignments"][0].clone();
    if part["state"] == "active" {
        return part;
    }
    let accept = format!("/role-assignments/{}/accept", part["id"].as_str().unwrap());
    holder.act(&accept).await.is(200)
}

async fn read(by: &Client, folder: &str, thing: &Value) -> Value {
    let path = format!("/{folder}/{}", thing["id"].as_str().unwrap());
    by.get(&path).await.is(200)
}

/// Coverage, and in order the state of each assignment with whether it is handed over.
fn covered(thing: &Value) -> (&str, Vec<(&str, bool)>) {
    let parts = thing["assignments"].as_array().unwrap().iter();
    let parts = parts.map(|it| {
        let state = it["state"].as_str().unwrap();
        (state, it["is_handing_over"].as_bool().unwrap())
    });
    let mut parts: Vec<_> = parts.collect();
    parts.sort_unstable();
    (thing["coverage"].as_str().unwrap(), parts)
}

async fn family() -> (std::sync::Arc<TestApp>, [Person; 4]) {
    let app = TestApp::start().await;
    let access = ["coordinator", "caregiver", "helper", "viewer"];
    let people = app.circle_of(access, ["Ana", "Ben", "Cem", "Dora"]).await;
    (app, people)
}
