//! The digest: what waits for a member in one email at the time that they chose.

use chrono::TimeDelta;
use serde_json::json;

use super::delivery::notifications;
use super::{due, offer_role, offer_task, told};
use crate::appointments::notification_mails;
use crate::harness::{Person, TestApp};

/// Lets a person in Berlin get their questions in a digest at noon: 11:00 in UTC.
async fn wants_digest(person: &Person) {
    let noon = json!({ "digest_time": "12:00" });
    person.patch("/v1/me", noon).await.is(200);
    let digest = json!({ "assignments": "digest" });
    let settings = person.patch("/notification-settings", digest).await.is(200);
    assert_eq!(settings["assignments"], "digest");
}

#[tokio::test]
async fn a_digest_is_one_email_at_its_time() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    wants_digest(&ben).await;
    let task = ana.task(due("2026-12-05T12:00")).await;
    offer_task(&ana, &task, &ben).await;
    assert_eq!(notification_mails(&app).await.len(), 0);
    assert_eq!(notifications(&app).await, ["queued digest 0"]);
    offer_role(&ana, &ben).await;
    assert_eq!(notification_mails(&app).await.len(), 0);

    app.advance(TimeDelta::minutes(179));
    assert_eq!(app.mails().await.len(), 0);
    assert_eq!(told(&app, &ben).await.len(), 3);
    // The next day there is nothing to tell.
    app.advance(TimeDelta::hours(24));
    assert_eq!(app.mails().await.len(), 0);
}

#[tokio::test]
async fn a_digest_with_nothing_is_not_sent() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    wants_digest(&ben).await;
    let task = ana.task(due("2026-12-05T12:00")).await;
    offer_task(&ana, &task, &ben).await;
    assert_eq!(notification_mails(&app).await.len(), 0);
    ana.task_act(&task, "cancel").await.is(200);
    app.advance(TimeDelta::hours(24));
    assert_eq!(notification_mails(&app).await.len(), 0);
}

#[tokio::test]
async fn what_would_come_too_late_does_not_wait_for_the_digest() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    wants_digest(&ben).await;
    let task = ana.task(due("2026-12-01T12:30")).await;
    offer_task(&ana, &task, &ben).await;
    assert_eq!(told(&app, &ben).await.len(), 2);
}

#[tokio::test]
async fn who_turns_a_category_off_is_not_told_of_what_waited() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    wants_digest(&ben).await;
    offer_role(&ana, &ben).await;
    assert_eq!(notification_mails(&app).await.len(), 0);
    let off = json!({ "assignments": "off" });
    ben.patch("/notification-settings", off).await.is(200);
    app.advance(TimeDelta::hours(3));
    assert_eq!(app.mails().await.len(), 0);
    assert_eq!(notifications(&app).await, ["skipped turned_off 0"]);
}

#[tokio::test]
async fn reminders_have_no_digest() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let digest = json!({ "reminders": "digest" });
    let refused = ana.patch("/notification-settings", digest).await;
    assert_eq!(refused.is_invalid(), ["/reminders unknown_value"]);
}
