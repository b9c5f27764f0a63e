//! Appointments, and functions to schedule and answer them.

mod agenda_items;
mod attendance;
mod brief;
mod cancel;
mod complete;
mod confirm;
mod create;
mod lifecycle;
mod list;
mod reminders;
mod reschedule;
mod several_days;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Client, Mail, Person, Reply, TestApp};

/// Schedules a scan on 4 December at 10:00 in Berlin. Each of its texts contains "canary", which
/// no email may contain. `more` adds fields or replaces them.
pub async fn scan(by: &Client, more: Value) -> Value {
    let mut body = json!({
        "title": "Canary scan", "kind": "scan", "location": "Canary ward",
        "preparation": "Canary fasting", "video_link": "https://canary.example/x",
        "starts_local": "2026-12-04T10:00", "ends_local": "2026-12-04T11:00",
    });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    by.post("/appointments", body).await.is(201)
}

pub fn path_of(appointment: &Value) -> String {
    format!("/appointments/{}", appointment["id"].as_str().unwrap())
}

pub async fn act(by: &Client, appointment: &Value, verb: &str) -> Reply {
    by.act(&format!("{}/{verb}", path_of(appointment))).await
}

pub async fn answer(by: &Client, appointment: &Value, answer: &str) -> Reply {
    let path = format!("{}/attendees/me/respond", path_of(appointment));
    by.post(&path, json!({ "response": answer })).await
}

pub async fn reschedule(by: &Client, appointment: &Value, to: Value) -> Reply {
    by.post(&format!("{}/reschedule", path_of(appointment)), to)
        .await
}

pub async fn grant(by: &Client, to: &Person, levels: Value) {
    let path = format!("/members/{}/topics", to.member_id);
    by.patch(&path, levels).await.is(200);
}

/// The emails that are sent after the delay of notifications, sorted by recipient.
pub async fn notification_mails(app: &TestApp) -> Vec<Mail> {
    app.advance(TimeDelta::seconds(20));
    let mut mails = app.mails().await;
    mails.sort_by(|a, b| a.to.cmp(&b.to));
    mails
}

/// The names of the recipients, sorted.
pub fn recipients(mails: &[Mail]) -> Vec<&str> {
    let mut names: Vec<_> = mails
        .iter()
        .map(|mail| mail.to.split('@').next().unwrap())
        .collect();
    names.sort_unstable();
    names
}

/// The reminders of an appointment, each as version, minutes and state, sorted.
async fn reminders(by: &Client, appointment: &Value) -> Vec<String> {
    let path = format!("{}/reminders", path_of(appointment));
    let reminders = by.get(&path).await.is(200);
    let line = |reminder: &Value| {
        let number = |name: &str| reminder[name].as_i64().unwrap();
        let (version, minutes) = (number("schedule_version"), number("minutes_before"));
        format!(
            "{version} {minutes} {}",
            reminder["state"].as_str().unwrap()
        )
    };
    let mut lines: Vec<_> = reminders["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(line)
        .collect();
    lines.sort_unstable();
    lines
}
