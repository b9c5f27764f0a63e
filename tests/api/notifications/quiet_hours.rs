//! Quiet hours: what happens in them is told at their end, unless it cannot wait. The rules at
//! changes of clocks are tested in `base/src/schedule/email_times.rs`.

use chrono::TimeDelta;
use serde_json::json;

use super::delivery::notifications;
use super::{due, offer_role, offer_task, told};
use crate::appointments::{notification_mails, recipients};
use crate::harness::{Person, TestApp};

/// Gives a person in Berlin quiet hours from now, nine o'clock, until eleven: 10:00 in UTC.
async fn be_quiet(person: &Person) {
    let quiet = json!({ "quiet_from": "09:00", "quiet_until": "11:00" });
    person.patch("/v1/me", quiet).await.is(200);
}

#[tokio::test]
async fn what_happens_in_quiet_hours_is_told_in_one_email_at_their_end() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    be_quiet(&ben).await;
    let task = ana.task(due("2026-12-05T12:00")).await;
    offer_task(&ana, &task, &ben).await;
    assert_eq!(notification_mails(&app).await.len(), 0);
    assert_eq!(notifications(&app).await, ["queued quiet_hours 0"]);
    offer_role(&ana, &ben).await;
    assert_eq!(notification_mails(&app).await.len(), 0);

    app.advance(TimeDelta::minutes(119));
    assert_eq!(app.mails().await.len(), 0);
    app.advance(TimeDelta::seconds(20));
    assert_eq!(told(&app, &ben).await.len(), 3);
    assert_eq!(notifications(&app).await, ["sent - 1", "sent - 1"]);
    assert_eq!(notification_mails(&app).await.len(), 0);
}

#[tokio::test]
async fn what_is_undone_in_quiet_hours_is_not_told() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    be_quiet(&ben).await;
    let task = ana.task(due("2026-12-05T12:00")).await;
    offer_task(&ana, &task, &ben).await;
    assert_eq!(notification_mails(&app).await.len(), 0);
    ana.task_act(&task, "cancel").await.is(200);
    app.advance(TimeDelta::hours(2));
    assert_eq!(notification_mails(&app).await.len(), 0);
}

#[tokio::test]
async fn who_is_needed_today_is_told_in_quiet_hours() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "coordinator", "helper"]).await;
    be_quiet(&ben).await;
    for (when, told_at_once) in [
        ("2026-12-01T20:00", vec!["ana", "ben"]),
        ("2026-12-05T20:00", vec!["ana"]),
    ] {
        let task = ana.task(due(when)).await;
        cem.task_act(&task, "claim").await.is(200);
        cem.task_act(&task, "release").await.is(200);
        let mails = notification_mails(&app).await;
        assert_eq!(recipients(&mails), told_at_once, "{when}");
    }
}

#[tokio::test]
async fn a_reminder_waits_unless_it_would_come_too_late() {
    for (due, minutes, sent_at) in [
        // Reminded at nine o'clock in UTC. At ten there are four hours left, or less than one.
        ("2026-12-01T15:00", 300, "10:00"),
        ("2026-12-01T11:30", 90, "09:00"),
    ] {
        let app = TestApp::start().await;
        let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
        be_quiet(&ben).await;
        let task = json!({ "title": "Drive", "due_local": due, "reminder_minutes": [minutes] });
        let task = ana.task(task).await;
        ben.task_act(&task, "claim").await.is(200);
        app.mails().await;
        let mut sent = Vec::new();
        for _ in 0..3 {
            app.advance(TimeDelta::minutes(30));
            for mail in app.mails().await {
                assert_eq!(mail.to, ben.email);
                sent.push(app.now().format("%H:%M").to_string());
            }
        }
        app.advance(TimeDelta::minutes(30));
        for _ in app.mails().await {
            sent.push(app.now().format("%H:%M").to_string());
        }
        assert_eq!(sent, [sent_at], "{due}");
    }
}

#[tokio::test]
async fn a_reminder_that_would_come_too_late_goes_before_the_night() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "helper"]).await;
    let night = json!({ "quiet_from": "22:00", "quiet_until": "07:00" });
    ben.patch("/v1/me", night).await.is(200);
    // Reminded at half past four in the morning, which is 03:30 in UTC.
    let task = json!({
        "title": "Drive", "due_local": "2026-12-02T06:30", "reminder_minutes": [120],
        "people_needed": 2,
    });
    let task = ana.task(task).await;
    for who in [&ben, &cem] {
        who.task_act(&task, "claim").await.is(200);
    }
    app.mails().await;
    app.advance(TimeDelta::minutes(12 * 60 + 44));
    assert_eq!(app.mails().await.len(), 0);
    app.advance(TimeDelta::minutes(1));
    let mail = app.mail().await;
    assert_eq!(mail.to, ben.email);
    let subject = mail.header("Subject");
    assert!(subject.contains("(in about 9 hours)"), "{subject}");

    // The others are reminded when it is due, and nobody is twice.
    app.advance(TimeDelta::minutes(6 * 60 + 45));
    assert_eq!(app.mail().await.to, cem.email);
    app.advance(TimeDelta::hours(3));
    assert_eq!(app.mails().await.len(), 0);
}

#[tokio::test]
async fn a_pause_of_the_circle_is_told_at_the_end_of_quiet_hours() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    be_quiet(&ben).await;
    ana.act("/pause").await.is(200);
    assert_eq!(app.mails().await.len(), 0);
    app.advance(TimeDelta::hours(2));
    let mail = app.mail().await;
    assert_eq!(mail.to, ben.email);
    assert_eq!(mail.header("Subject"), "Ana's circle is paused");
}

#[tokio::test]
async fn emails_about_the_account_come_in_quiet_hours() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    be_quiet(&ana).await;
    let reset = json!({ "email": ana.email });
    app.anybody()
        .post("/v1/password-resets", reset)
        .await
        .is(202);
    assert_eq!(app.mail().await.to, ana.email);
}
