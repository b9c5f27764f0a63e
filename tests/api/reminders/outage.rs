//! Reminders that are late because this server or the mail server was down.

use std::net::TcpListener;

use chrono::TimeDelta;
use kith::background::run_due_jobs;
use kith::notify::reminders::fire_due_reminders;
use serde_json::{Value, json};

use crate::harness::mail_server::mailer_to;
use crate::harness::{Client, Person, TestApp};

/// A task that Ben has claimed, due on 3 December at 12:00 in Berlin: 51 hours from the start.
async fn claimed(ana: &Person, ben: &Person, due: Value) -> Value {
    let mut task = due;
    task["title"] = json!("Shop");
    let task = ana.task(task).await;
    ben.task_act(&task, "claim").await.is(200)
}

/// The state of each reminder of a task and of its deliveries, the earliest first.
async fn outcomes(by: &Client, task: &Value) -> Vec<String> {
    let path = format!("/tasks/{}/reminders", task["id"].as_str().unwrap());
    let reminders = by.get(&path).await.is(200);
    let outcome = |reminder: &Value| {
        let mut words = vec![reminder["state"].as_str().unwrap()];
        for delivery in reminder["deliveries"].as_array().unwrap() {
            words.push(delivery["state"].as_str().unwrap());
            words.extend(delivery["reason"].as_str());
        }
        words.join(" ")
    };
    let reminders = reminders["data"].as_array().unwrap();
    reminders.iter().map(outcome).collect()
}

#[tokio::test]
async fn only_the_later_of_two_reminders_due_at_once_is_sent() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let due = json!({ "due_local": "2026-12-03T12:00", "reminder_minutes": [1440, 120] });
    let task = claimed(&ana, &ben, due).await;
    // The server is down until an hour before.
    app.advance(TimeDelta::hours(50));
    assert_eq!(
        app.mail().await.header("Subject"),
        "A reminder from Ana's circle: Thu 3 December, 12:00 (in 1 hour)"
    );
    let states = outcomes(&ana.later().await, &task).await;
    assert_eq!(states, ["expired", "fired sent"]);
}

#[tokio::test]
async fn a_reminder_that_waits_for_the_mail_server_is_replaced_by_the_next() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let due = json!({ "due_local": "2026-12-03T12:00", "reminder_minutes": [1440, 120] });
    let task = claimed(&ana, &ben, due).await;
    let away = mailer_to(&TcpListener::bind("127.0.0.1:0").unwrap());
    let away = app.another_node(away).await;
    app.advance(TimeDelta::hours(27));
    fire_due_reminders(&away).await.unwrap();
    assert_eq!(run_due_jobs(&away).await.unwrap().len(), 1);
    app.advance(TimeDelta::hours(22));
    assert_eq!(
        app.mail().await.header("Subject"),
        "A reminder from Ana's circle: Thu 3 December, 12:00 (2 hours before)"
    );
    let states = outcomes(&ana.later().await, &task).await;
    assert_eq!(states, ["fired expired too_late", "fired sent"]);
}

#[tokio::test]
async fn a_late_reminder_says_how_much_time_is_left() {
    for (due, hours, expected) in [
        ("due_local", 31, "Thu 3 December, 12:00 (in 20 hours)"),
        ("due_local", 27, "Thu 3 December, 12:00 (1 day before)"),
        ("due_on", 27, "Thu 3 December"),
        ("due_on", 24, "Thu 3 December (1 day before)"),
    ] {
        let app = TestApp::start().await;
        let [ana, ben] = app.circle(["coordinator", "helper"]).await;
        let mut task = json!({ "reminder_minutes": [1440] });
        task[due] = match due {
            "due_on" => json!("2026-12-03"),
            _ => json!("2026-12-03T12:00"),
        };
        claimed(&ana, &ben, task).await;
        app.advance(TimeDelta::hours(hours));
        let mail = app.mail().await;
        let (_, said) = mail.header("Subject").split_once(": ").unwrap();
        assert_eq!(said, expected, "{due} {hours}");
    }
}
