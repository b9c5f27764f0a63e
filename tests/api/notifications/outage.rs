//! Notifications that could not be sent in time because this server or the mail server was
//! down, and offers whose last place another member has claimed in the meantime.

use std::net::TcpListener;

use chrono::TimeDelta;
use kith::background::run_due_jobs;
use serde_json::{Value, json};

use super::delivery::notifications;
use super::{TASK, due, offer_task, told};
use crate::appointments::{act, notification_mails, scan};
use crate::harness::mail_server::mailer_to;
use crate::harness::{Person, TestApp};
use crate::needs::{add_need, need_act, offer_need};

/// Three hours after the start of a test: it starts at 9:00 in Berlin.
const NOON: &str = "2026-12-01T12:00";
const AT_NOON: &str = "Tue 1 December 2026, 12:00";
const OUTAGE: TimeDelta = TimeDelta::hours(10);

/// A scan at noon to which Ben is asked to come.
async fn scan_at_noon(ana: &Person, ben: &Person) -> Value {
    let visit = json!({
        "attendee_member_ids": [ben.member_id], "starts_local": NOON, "ends_local": null,
    });
    scan(ana, visit).await
}

#[tokio::test]
async fn no_mail_asks_about_something_that_is_already_over() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let appointment = scan_at_noon(&ana, &ben).await;
    let ride = add_need(&ana, &appointment, json!({ "kind": "driver" })).await;
    offer_need(&ana, &ride, &ben).await.is(200);
    let window = json!({ "title": "Sit", "starts_local": NOON, "due_local": "2026-12-01T14:00" });
    let task = ana.task(window).await;
    offer_task(&ana, &task, &ben).await;
    app.advance(OUTAGE);
    assert_eq!(notification_mails(&app).await.len(), 0);
    assert_eq!(notifications(&app).await, ["skipped too_late 0"; 3]);
}

#[tokio::test]
async fn a_waiting_notification_is_skipped_when_its_appointment_is_over() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    scan_at_noon(&ana, &ben).await;
    let away = mailer_to(&TcpListener::bind("127.0.0.1:0").unwrap());
    let away = app.another_node(away).await;
    app.advance(TimeDelta::seconds(20));
    run_due_jobs(&away).await.unwrap();
    assert_eq!(notifications(&app).await, ["queued server_unreachable 1"]);
    app.advance(OUTAGE);
    assert_eq!(notification_mails(&app).await.len(), 0);
    assert_eq!(notifications(&app).await, ["skipped too_late 1"]);
}

#[tokio::test]
async fn a_cancellation_is_told_even_after_the_time_of_the_appointment() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let appointment = scan_at_noon(&ana, &ben).await;
    told(&app, &ben).await;
    act(&ana, &appointment, "cancel").await.is(200);
    app.advance(OUTAGE);
    let off = [
        "- Something was canceled.".to_owned(),
        format!("It was: {AT_NOON}"),
    ];
    assert_eq!(told(&app, &ben).await, off);
}

#[tokio::test]
async fn an_offer_of_an_overdue_task_says_that_it_is_still_to_be_done() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let task = ana.task(due(NOON)).await;
    offer_task(&ana, &task, &ben).await;
    app.advance(OUTAGE);
    let asked = [
        format!("{TASK} Its time has passed, but it still needs to be done."),
        format!("When: {AT_NOON}"),
    ];
    assert_eq!(told(&app, &ben).await, asked);
}

#[tokio::test]
async fn an_offer_is_not_mailed_when_others_have_taken_the_last_place() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let task = ana.task(due("2026-12-05T12:00")).await;
    offer_task(&ana, &task, &ben).await;
    cem.task_act(&task, "claim").await.is(200);
    let appointment = scan(&ana, json!({ "without_attendees": true })).await;
    let ride = add_need(&ana, &appointment, json!({ "kind": "driver" })).await;
    offer_need(&ana, &ride, &ben).await.is(200);
    need_act(&cem, &ride, "claim").await.is(200);
    assert_eq!(notification_mails(&app).await.len(), 0);
    assert_eq!(notifications(&app).await, ["skipped taken_by_others 0"; 2]);

    let two = json!({ "title": "Carry", "people_needed": 2 });
    let task = ana.task(two).await;
    offer_task(&ana, &task, &ben).await;
    cem.task_act(&task, "claim").await.is(200);
    assert_eq!(told(&app, &ben).await, [TASK]);
}
