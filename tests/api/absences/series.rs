//! The tasks of a series that an absent member does, also those that are made later.

use chrono::TimeDelta;
use kith::features::series::extend_series;
use serde_json::{Value, json};

use super::{away, family};
use crate::harness::{Client, Person};

async fn weekly(by: &Person) -> String {
    let series = json!({
        "title": "Bath", "due_local": "2026-12-03T18:00", "recurrence": "FREQ=WEEKLY",
    });
    let series = by.post("/task-series", series).await.is(201);
    series["id"].as_str().unwrap().to_owned()
}

/// The open tasks of a series, as `day coverage`, with `away` if a member is away.
async fn tasks(by: &Client, series: &str, from: &str) -> Vec<String> {
    let page = format!("/tasks?series_id={series}&state=open&from={from}T00:00:00Z&limit=100");
    let page = by.get(&page).await.is(200);
    let line = |task: &Value| {
        let day = &task["due_local"].as_str().unwrap()[5..10];
        let parts = task["assignments"].as_array().unwrap().iter();
        let taken = parts.filter(|part| part["state"] == "accepted");
        let away = taken.filter(|part| part["is_away"] == true).count();
        format!("{day} {} {away}", task["coverage"].as_str().unwrap())
    };
    page["data"].as_array().unwrap().iter().map(line).collect()
}

#[tokio::test]
async fn a_task_that_is_made_for_a_time_in_which_its_member_is_away_is_uncovered() {
    let (app, [ana, ben, ..]) = family().await;
    let series = weekly(&ana).await;
    ben.act(&format!("/task-series/{series}/claim"))
        .await
        .is(200);
    // The server has made tasks until the end of January. This absence is later.
    let days = json!({
        "from_on": "2027-02-08", "until_on": "2027-02-14", "on_affected": "keep",
    });
    away(&ben, days).await;
    app.advance(TimeDelta::days(21));
    extend_series(&app.app).await.unwrap();
    let later = ana.later().await;
    let made = tasks(&later, &series, "2027-02-01").await;
    assert_eq!(made, ["02-04 full 0", "02-11 none 1", "02-18 full 0"]);
}

#[tokio::test]
async fn a_member_who_claims_a_series_while_they_are_away_leaves_those_tasks_uncovered() {
    let (_app, [ana, ben, cem, _]) = family().await;
    let series = weekly(&ana).await;
    let days = json!({ "from_on": "2026-12-07", "until_on": "2026-12-13" });
    let absence = away(&ben, days).await;
    ben.act(&format!("/task-series/{series}/claim"))
        .await
        .is(200);
    let first = |lines: Vec<String>| lines.into_iter().take(3).collect::<Vec<_>>();
    let seen = tasks(&ana, &series, "2026-12-01").await;
    assert_eq!(
        first(seen),
        ["12-03 full 0", "12-10 none 1", "12-17 full 0"]
    );

    // The series moves to another day of the week, and out of the absence.
    let path = format!("/task-series/{series}");
    let moved = json!({ "due_local": "2026-12-06T18:00", "recurrence": "FREQ=WEEKLY" });
    ana.patch(&path, moved).await.is(200);
    let seen = tasks(&ana, &series, "2026-12-01").await;
    assert!(seen.contains(&"12-13 none 1".to_owned()), "{seen:?}");
    assert!(seen.contains(&"12-20 full 0".to_owned()), "{seen:?}");
    ben.delete(&super::path_of(&absence)).await.is(204);
    let seen = tasks(&ana, &series, "2026-12-01").await;
    assert!(seen.iter().all(|line| line.ends_with("full 0")), "{seen:?}");

    // With turns the tasks of the others are as before, and hers are uncovered.
    let days = json!({ "from_on": "2026-12-07", "until_on": "2026-12-30" });
    away(&cem, days).await;
    let turns = json!({ "member_ids": [ben.member_id, cem.member_id] });
    ana.post(&format!("{path}/set-turns"), turns).await.is(200);
    cem.act(&format!("{path}/accept")).await.is(200);
    let seen = tasks(&ana, &series, "2026-12-01").await;
    let uncovered = seen.iter().filter(|line| line.ends_with("none 1")).count();
    assert!((1..=2).contains(&uncovered), "{seen:?}");
}

#[tokio::test]
async fn handovers_of_the_tasks_of_a_series_end_with_the_series() {
    let (_app, [ana, ben, ..]) = family().await;
    let series = weekly(&ana).await;
    let path = format!("/task-series/{series}");
    ben.act(&format!("{path}/claim")).await.is(200);
    let page = ana
        .get(&format!("/tasks?series_id={series}&state=open"))
        .await
        .is(200);
    let mut handovers = Vec::new();
    for task in page["data"].as_array().unwrap().iter().take(2) {
        let handover = json!({ "task_id": task["id"] });
        let handover = ben.post("/handovers", handover).await.is(201);
        handovers.push(format!("/handovers/{}", handover["id"].as_str().unwrap()));
    }
    let seen = tasks(&ana, &series, "2026-12-01").await;
    assert_eq!(seen[..3], ["12-03 none 0", "12-10 none 0", "12-17 full 0"]);
    ana.act(&format!("{path}/pause")).await.is(200);
    for handover in &handovers {
        assert_eq!(ana.get(handover).await.is(200)["state"], "withdrawn");
    }
    ana.act(&format!("{path}/resume")).await.is(200);
    let seen = tasks(&ana, &series, "2026-12-01").await;
    assert_eq!(seen[..3], ["12-03 full 0", "12-10 full 0", "12-17 full 0"]);
}
