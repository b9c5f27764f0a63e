//! A restored database: what its original has mailed is not mailed again, if
//! whoever restores it says so.

use chrono::TimeDelta;
use kith::restore::{SkippedMails, skip_mails};
use serde_json::{Value, json};

use crate::harness::{Person, TestApp};

/// What became of the reminders of a task, the earliest first.
async fn outcomes(by: &Person, task: &Value) -> Vec<String> {
    let path = format!("/tasks/{}/reminders", task["id"].as_str().unwrap());
    let reminders = by.later().await.get(&path).await.is(200);
    let state = |reminder: &Value| {
        let delivery = &reminder["deliveries"][0];
        let state = reminder["state"].as_str().unwrap();
        let sent = delivery["state"].as_str().unwrap_or_default();
        let reason = delivery["reason"].as_str().unwrap_or_default();
        format!("{state} {sent} {reason}").trim().to_owned()
    };
    let reminders = reminders["data"].as_array().unwrap();
    reminders.iter().map(state).collect()
}

#[tokio::test]
async fn mails_that_were_due_are_skipped_and_later_ones_are_not() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = ana
        .task(json!({
            "title": "Shopping", "due_local": "2026-12-03T12:00",
            "reminder_minutes": [2880, 1440, 60],
        }))
        .await;
    ben.task_act(&task, "claim").await.is(200);
    // Half an hour after the first reminder was due, of three.
    app.advance(TimeDelta::hours(3) + TimeDelta::minutes(30));
    let fired = kith::reminders::fire_due_reminders(&app.app).await.unwrap();
    assert_eq!(fired.reminders, 1);
    let ana_later = ana.later().await;
    let guest = json!({ "email": "cem@test.example", "access": "helper" });
    ana_later.post("/invitations", guest).await.is(201);
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    let moved = json!({ "due_local": "2026-12-03T12:30" });
    ana_later.patch(&path, moved).await.is(200);
    app.advance(TimeDelta::hours(25));

    let skipped = skip_mails(&app.app, app.now()).await.unwrap();
    let expected = SkippedMails {
        reminders: 1,
        queued: 3,
    };
    assert_eq!(skipped, expected);
    assert_eq!(app.mails().await.len(), 0);
    assert_eq!(
        outcomes(&ana, &task).await,
        [
            "fired skipped restored",
            "cancelled",
            "expired",
            "cancelled",
            "planned"
        ]
    );
    let again = skip_mails(&app.app, app.now()).await.unwrap();
    assert_eq!((again.reminders, again.queued), (0, 0));

    app.advance(TimeDelta::hours(22));
    assert!(app.mail().await.text.contains("Thu 3 December 2026, 12:30"));
}

#[tokio::test]
async fn mails_after_the_named_moment_go_out() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let invite = async |email: &str| {
        let guest = json!({ "email": email, "access": "helper" });
        ana.post("/invitations", guest).await.is(201);
    };
    invite("before@test.example").await;
    app.advance(TimeDelta::minutes(5));
    let moment = app.now();
    invite("after@test.example").await;
    skip_mails(&app.app, moment).await.unwrap();
    assert_eq!(app.mail().await.to, "after@test.example");
}
