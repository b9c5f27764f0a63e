//! A nurse comes every night at half past two, also in the nights in which the clocks change.

use chrono::TimeDelta;
use kith::features::series::extend_series;
use serde_json::{Value, json};

use super::{advance_to, mails_until};
use crate::harness::{Person, TestApp};

/// The nurse's nights, as the hour on the wall and the instant.
async fn nights(by: &Person, series: &Value, on: &[&str]) -> Vec<String> {
    let tasks = by.later().await;
    let id = series["id"].as_str().unwrap();
    let mut nights = Vec::new();
    for day in on {
        let page = format!("/tasks?series_id={id}&state=open&from={day}T00:00:00Z&limit=3");
        let page = tasks.get(&page).await.is(200);
        let night = page["data"].as_array().unwrap().iter();
        let night: Vec<_> = night.filter(|task| task["original_on"] == *day).collect();
        assert_eq!(night.len(), 1, "one visit in the night of {day}: {page}");
        let text = |name: &str| night[0][name].as_str().unwrap();
        assert_eq!(night[0]["my_assignment"], "accepted");
        nights.push(format!("{} {}", text("due_local"), text("due_at")));
    }
    nights
}

/// The nurse visits a family in this zone, from this day on, weeks before the clocks change. Returns
/// the reminders that she gets around that night.
async fn visits(zone: &str, first: &str, watch: [&str; 2], on: &[&str]) -> Vec<String> {
    let app = TestApp::start().await;
    let access = ["coordinator", "helper"];
    let [ana, nurse] = app.circle_of(access, ["Ana", "Nora"]).await;
    for person in [&ana, &nurse] {
        let there = json!({ "time_zone": zone });
        person.patch("/v1/me", there).await.is(200);
    }
    ana.patch("", json!({ "time_zone": zone })).await.is(200);
    advance_to(&app, &format!("{first}T12:00:00Z"));
    app.mails().await;
    let (ana_now, nurse_now) = (ana.later().await, nurse.later().await);
    let nightly = json!({
        "title": "Turn him and look at the pump", "topic": "daily", "time_zone": zone,
        "due_local": format!("{first}T02:30"), "recurrence": "FREQ=DAILY", "reminder_minutes": [60],
    });
    let series = ana_now.post("/task-series", nightly).await.is(201);
    let claim = format!("/task-series/{}/claim", series["id"].as_str().unwrap());
    nurse_now.act(&claim).await.is(200);

    // The weeks pass. The server makes the nights, and reminds the nurse of each.
    let [from, until] = watch;
    while app.now() + TimeDelta::days(2) < from.parse::<chrono::DateTime<chrono::Utc>>().unwrap() {
        app.advance(TimeDelta::days(1));
        extend_series(&app.app).await.unwrap();
        app.mails().await;
    }
    advance_to(&app, from);
    app.mails().await;
    let mut told = nights(&nurse, &series, on).await;
    told.extend(mails_until(&app, until, TimeDelta::minutes(30)).await);
    told
}

#[tokio::test]
async fn in_the_night_without_half_past_two_the_nurse_comes_an_hour_later_by_the_clock() {
    let berlin = Box::pin(visits(
        "Europe/Berlin",
        "2027-01-10",
        ["2027-03-26T20:00:00Z", "2027-03-29T12:00:00Z"],
        &["2027-03-27", "2027-03-28", "2027-03-29"],
    ));
    assert_eq!(
        berlin.await,
        [
            "2027-03-27T02:30 2027-03-27T01:30:00.000Z",
            "2027-03-28T02:30 2027-03-28T01:30:00.000Z",
            "2027-03-29T02:30 2027-03-29T00:30:00.000Z",
            "03-27 00:30 nora A reminder from Ana's circle: Sat 27 March, 02:30 (1 hour before)",
            "03-28 00:30 nora A reminder from Ana's circle: Sun 28 March, 03:30 (1 hour before)",
            "03-28 23:30 nora A reminder from Ana's circle: Mon 29 March, 02:30 (1 hour before)",
        ]
    );
    let new_york = Box::pin(visits(
        "America/New_York",
        "2026-12-20",
        ["2027-03-13T02:00:00Z", "2027-03-15T16:00:00Z"],
        &["2027-03-13", "2027-03-14", "2027-03-15"],
    ));
    assert_eq!(
        new_york.await,
        [
            "2027-03-13T02:30 2027-03-13T07:30:00.000Z",
            "2027-03-14T02:30 2027-03-14T07:30:00.000Z",
            "2027-03-15T02:30 2027-03-15T06:30:00.000Z",
            "03-13 06:30 nora A reminder from Ana's circle: Sat 13 March, 02:30 (1 hour before)",
            "03-14 06:30 nora A reminder from Ana's circle: Sun 14 March, 03:30 (1 hour before)",
            "03-15 05:30 nora A reminder from Ana's circle: Mon 15 March, 02:30 (1 hour before)",
        ]
    );
}

#[tokio::test]
async fn in_the_night_with_two_half_past_twos_the_nurse_comes_once_at_the_first() {
    let berlin = Box::pin(visits(
        "Europe/Berlin",
        "2027-08-20",
        ["2027-10-29T20:00:00Z", "2027-11-01T12:00:00Z"],
        &["2027-10-30", "2027-10-31", "2027-11-01"],
    ));
    assert_eq!(
        berlin.await,
        [
            "2027-10-30T02:30 2027-10-30T00:30:00.000Z",
            "2027-10-31T02:30 2027-10-31T00:30:00.000Z",
            "2027-11-01T02:30 2027-11-01T01:30:00.000Z",
            "10-29 23:30 nora A reminder from Ana's circle: Sat 30 October, 02:30 (1 hour before)",
            "10-30 23:30 nora A reminder from Ana's circle: Sun 31 October, 02:30 (1 hour before)",
            "11-01 00:30 nora A reminder from Ana's circle: Mon 1 November, 02:30 (1 hour before)",
        ]
    );
    // In New York, half past one comes twice; half past two does not.
    let new_york = Box::pin(visits(
        "America/New_York",
        "2027-08-20",
        ["2027-11-06T02:00:00Z", "2027-11-08T16:00:00Z"],
        &["2027-11-06", "2027-11-07", "2027-11-08"],
    ));
    assert_eq!(
        new_york.await,
        [
            "2027-11-06T02:30 2027-11-06T06:30:00.000Z",
            "2027-11-07T02:30 2027-11-07T07:30:00.000Z",
            "2027-11-08T02:30 2027-11-08T07:30:00.000Z",
            "11-06 05:30 nora A reminder from Ana's circle: Sat 6 November, 02:30 (1 hour before)",
            "11-07 06:30 nora A reminder from Ana's circle: Sun 7 November, 02:30 (1 hour before)",
            "11-08 06:30 nora A reminder from Ana's circle: Mon 8 November, 02:30 (1 hour before)",
        ]
    );
}
