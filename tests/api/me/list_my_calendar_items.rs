//! `GET /v1/me/calendar`, and the days of the agenda.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{agenda, appointment};
use crate::harness::{Client, TestApp};

/// The items, each as its circle, its title or kind, and the part of the person.
async fn calendar(by: &Client, query: &str) -> Vec<String> {
    let page = by.get(&format!("/v1/me/calendar{query}")).await.is(200);
    let line = |item: &Value| {
        let what = item["title"].as_str().or(item["kind"].as_str()).unwrap();
        let (circle, mine) = (&item["circle_name"], &item["my_state"]);
        format!(
            "{} {what} {}",
            circle.as_str().unwrap(),
            mine.as_str().unwrap_or("-")
        )
    };
    page["data"].as_array().unwrap().iter().map(line).collect()
}

#[tokio::test]
async fn a_calendar_of_all_circles_shows_what_the_person_sees_in_each() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let [mia] = app.circle_of(["coordinator"], ["Mia"]).await;
    app.join(&mia, &ben, json!({ "access": "caregiver" })).await;
    for (by, name) in [(&ana, "Marta"), (&mia, "Otto")] {
        by.patch("", json!({ "name": name })).await.is(200);
    }
    let task = ana
        .task(json!({ "title": "Shopping", "due_local": "2026-12-03T12:00" }))
        .await;
    ben.task_act(&task, "claim").await.is(200);
    ana.task(json!({ "title": "Pills", "topic": "health", "due_on": "2026-12-02" }))
        .await;
    let scan = json!({ "title": "Scan", "topic": "health", "starts_local": "2026-12-02T15:00" });
    mia.post("/appointments", scan).await.is(201);
    appointment(&ana, "Walk", "2026-12-04T10:00", &[&ben]).await;

    assert_eq!(
        calendar(&ben, "").await,
        [
            "Otto Scan -",
            "Marta Shopping accepted",
            "Marta Walk no_response"
        ]
    );
    assert_eq!(calendar(&mia, "").await, ["Otto Scan accepted"]);
    let one_day = "?from=2026-12-02T23:00:00Z&to=2026-12-03T23:00:00Z";
    assert_eq!(calendar(&ben, one_day).await, ["Marta Shopping accepted"]);

    ana.post(&format!("/members/{}/suspend", ben.member_id), json!({}))
        .await
        .is(200);
    assert_eq!(calendar(&ben, "").await, ["Otto Scan -"]);
}

#[tokio::test]
async fn a_person_without_a_circle_has_an_empty_calendar() {
    let app = TestApp::start().await;
    let eli = app.person("Eli").await;
    assert_eq!(calendar(&eli, "").await, [""; 0]);
}

#[tokio::test]
async fn the_agenda_counts_the_days_of_the_zone_that_the_reader_asks_for() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let today = json!({
        "title": "Rest", "starts_on": "2026-12-01", "topic": "daily",
        "attendee_member_ids": [ana.member_id],
    });
    ana.post("/appointments", today).await.is(201);
    // An all-day item is on the agenda until the reader's day is over: in Berlin it is 23:30.
    app.advance(TimeDelta::minutes(14 * 60 + 30));
    let later = ana.later().await;
    assert_eq!(agenda(&later, "").await.len(), 1);
    assert_eq!(agenda(&later, "?time_zone=Pacific/Auckland").await.len(), 0);
    app.advance(TimeDelta::hours(1));
    let later = ana.later().await;
    assert_eq!(agenda(&later, "").await.len(), 0);
    assert_eq!(agenda(&later, "?time_zone=America/New_York").await.len(), 1);
}

#[tokio::test]
async fn the_agenda_shows_what_runs_now() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let window = json!({
        "title": "Watch", "starts_local": "2026-11-30T20:00", "due_local": "2026-12-01T12:00",
    });
    let watch = ana.task(window).await;
    ana.task_act(&watch, "claim").await.is(200);
    let stay = json!({
        "title": "Clinic", "starts_local": "2026-11-28T10:00", "ends_local": "2026-12-01T11:00",
        "attendee_member_ids": [ana.member_id],
    });
    ana.post("/appointments", stay).await.is(201);
    // It is 09:00 in Berlin.
    let now = "?from=2026-12-01T08:00:00Z&to=2026-12-01T08:01:00Z";
    let both = ["appointment Clinic accepted", "task Watch accepted"];
    assert_eq!(agenda(&ana, now).await, both);
    assert_eq!(agenda(&ana, "").await, both);
}
