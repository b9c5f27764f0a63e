//! Tests of notifications: what members are told by mail, and what they are not told.

mod bounces;
mod changes;
mod delivery;
mod detail;
mod digest;
mod failed_emails;
mod invitations;
mod languages;
mod list_notifications;
mod mails;
mod mark_all_notifications_read;
mod mark_notification_read;
mod outage;
mod quiet_hours;
mod who;

use serde_json::{Value, json};

use crate::appointments::{notification_mails, path_of, recipients};
use crate::harness::{Client, Mail, Person, TestApp};

/// The lines of a mail that tell what happened.
pub fn says(mail: &Mail) -> Vec<&str> {
    let is_told = |line: &&str| line.starts_with("- ") || line.starts_with("  ");
    let lines = mail.text.lines().filter(is_told);
    lines.map(str::trim).collect()
}

const TASK: &str = "- You are asked whether you can take something on.";

/// The lines of the only notification mail, or nothing if there is no mail.
async fn told(app: &TestApp, to: &Person) -> Vec<String> {
    let mails = notification_mails(app).await;
    let Some(mail) = mails.first() else {
        return Vec::new();
    };
    assert_eq!(recipients(&mails).len(), 1, "{mails:#?}");
    assert_eq!(
        (&mail.to, mail.header("Subject")),
        (&to.email, "Updates from Ana's circle")
    );
    says(mail).into_iter().map(str::to_owned).collect()
}

async fn offer_task(by: &Client, task: &Value, to: &Person) {
    let path = format!("/tasks/{}/offer", task["id"].as_str().unwrap());
    by.post(&path, json!({ "member_id": to.member_id }))
        .await
        .is(200);
}

async fn offer_role(by: &Client, to: &Person) -> Value {
    let role = by.post("/roles", json!({ "kind": "pets" })).await.is(201);
    let path = format!("/roles/{}/offer", role["id"].as_str().unwrap());
    let role = by
        .post(&path, json!({ "member_id": to.member_id }))
        .await
        .is(200);
    role["assignments"][0].clone()
}

/// The notifications that a person is shown, the newest first: kind and title.
async fn shown(client: &Client, query: &str) -> Vec<String> {
    let path = format!("/v1/me/notifications{query}");
    let page = client.get(&path).await.is(200);
    let line = |row: &Value| {
        let title = row["title"].as_str().unwrap_or("-");
        format!("{} {title}", row["kind"].as_str().unwrap())
    };
    page["data"].as_array().unwrap().iter().map(line).collect()
}

async fn unread(client: &Client) -> Value {
    let summary = client.get("/v1/me/summary").await.is(200);
    summary["unread_notifications"].clone()
}

async fn invite(by: &Client, appointment: &Value, person: &Person) {
    let path = format!("{}/attendees", path_of(appointment));
    by.post(&path, json!({ "member_ids": [person.member_id] }))
        .await
        .is(200);
}

fn due(local: &str) -> Value {
    json!({ "title": "Canary", "due_local": local })
}

async fn move_task(by: &Client, task: &Value, to: &str) {
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    by.patch(&path, json!({ "due_local": to })).await.is(200);
}
