//! `POST /v1/me/notifications/{notification_id}/mark-read`

use chrono::TimeDelta;
use serde_json::json;

use super::{due, offer_task, shown, unread};
use crate::harness::TestApp;

#[tokio::test]
async fn a_notification_is_read_once_and_for_its_reader_alone() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "helper"]).await;
    let task = ana.task(due("2026-12-05T12:00")).await;
    for person in [&ben, &cem] {
        offer_task(&ana, &task, person).await;
    }
    let page = ben.get("/v1/me/notifications").await.is(200);
    let id = page["data"][0]["id"].as_str().unwrap();
    let read = format!("/v1/me/notifications/{id}/mark-read");
    // To others it does not exist.
    cem.act(&read).await.is_problem(404, "not_found");
    ben.act(&read).await.is(204);
    let first = ben.get("/v1/me/notifications").await.is(200);
    app.advance(TimeDelta::seconds(5));
    ben.act(&read).await.is(204);
    let second = ben.get("/v1/me/notifications").await.is(200);
    assert_ne!(first["data"][0]["read_at"], json!(null));
    assert_eq!(first["data"][0]["read_at"], second["data"][0]["read_at"]);
    assert_eq!(
        (unread(&ben).await, unread(&cem).await),
        (json!(0), json!(1))
    );
    assert!(shown(&ben, "?unread=true").await.is_empty());
    assert_eq!(shown(&ben, "").await, ["offered Canary"]);
}

#[tokio::test]
async fn a_reminder_is_marked_like_a_change() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    ana.task_soon(&ben).await;
    app.advance(TimeDelta::minutes(31));
    app.mails().await;
    let ben = ben.later().await;
    let page = ben.get("/v1/me/notifications").await.is(200);
    let id = page["data"][0]["id"].as_str().unwrap();
    let read = format!("/v1/me/notifications/{id}/mark-read");
    ben.act(&read).await.is(204);
    assert_eq!(unread(&ben).await, 0);
}
