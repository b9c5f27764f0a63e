//! Members of a circle: what they see and how they depart, and functions to test it.

mod contacts;
mod coordinators_on_paper;
pub mod create;
mod departures;
mod get;
mod leave;
mod list;
mod list_workloads;
mod managed;
mod personal_link;
mod reinstate;
mod released;
mod remove;
mod stand_ins;
mod suspend;
mod update;
mod update_topics;

use serde_json::Value;

use crate::harness::{Client, Person, Reply};

async fn grant(by: &Client, of: &Person, levels: Value) -> Reply {
    let path = format!("/members/{}/topics", of.member_id);
    by.patch(&path, levels).await
}

pub async fn change(by: &Client, of: &Person, changes: Value) -> Reply {
    by.patch(&format!("/members/{}", of.member_id), changes)
        .await
}

async fn member(by: &Client, of: &Person) -> Value {
    by.get(&format!("/members/{}", of.member_id)).await.is(200)
}

/// The first letter of each topic level, in the order of the document.
pub fn letters(member: &Value) -> String {
    ["daily", "family", "health", "decisions"]
        .map(|topic| &member["topic_levels"][topic].as_str().unwrap()[..1])
        .concat()
}

async fn depart(by: &Client, verb: &str, of: &Person, departure: Value) -> Reply {
    by.post(&format!("/members/{}/{verb}", of.member_id), departure)
        .await
}

async fn claimed(by: &Person, of: &Person, task: Value) -> Value {
    let task = by.task(task).await;
    of.task_act(&task, "claim").await.is(200)
}

async fn read(by: &Client, task: &Value) -> Value {
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    by.get(&path).await.is(200)
}

fn access_path(of: &Person) -> String {
    format!("/members/{}", of.member_id)
}

async fn access(by: &Client, of: &Person) -> Value {
    by.get(&access_path(of)).await.is(200)["access"].clone()
}
