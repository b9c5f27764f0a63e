//! `GET /v1/circles/{circle_id}/calendar`

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{respond, visit};
use crate::harness::{Client, TestApp};
use crate::needs::{add_need, need_act};

/// The items, each as its type, title or kind, coverage, own part, and the people who have it.
async fn items(by: &Client, query: &str) -> Vec<String> {
    let page = by.get(&format!("/calendar{query}")).await.is(200);
    assert_eq!(page["next_cursor"], Value::Null);
    page["data"].as_array().unwrap().iter().map(line).collect()
}

fn line(item: &Value) -> String {
    let text = |name: &str| item[name].as_str().unwrap_or("-").to_owned();
    let what = item["title"].as_str().or(item["kind"].as_str()).unwrap();
    let people = item["held_by"].as_array().unwrap().iter();
    // Who said yes at the same moment comes in the order of their ids.
    let mut people: Vec<_> = people
        .map(|person| person["name"].as_str().unwrap().replace(" Test", ""))
        .collect();
    people.sort();
    let (kind, coverage, mine) = (text("type"), text("coverage"), text("my_state"));
    format!("{kind} {what} {coverage} {mine} [{}]", people.join(" "))
}

#[tokio::test]
async fn a_week_shows_tasks_appointments_and_needs_alike_with_who_has_them() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "caregiver"]).await;
    let cook = json!({ "title": "Cook", "due_local": "2026-12-02T18:00", "people_needed": 2 });
    let cook = ana.task(cook).await;
    ben.task_act(&cook, "claim").await.is(200);
    let offer = format!("/tasks/{}/offer", cook["id"].as_str().unwrap());
    ana.post(&offer, json!({ "member_id": cem.member_id }))
        .await
        .is(200);
    let scan = json!({ "title": "Scan", "starts_local": "2026-12-03T10:00", "topic": "health" });
    let scan = visit(&ana, &[&ana, &cem], scan).await;
    respond(&cem, &scan, "accepted").await;
    let need = add_need(&ana, &scan, json!({ "kind": "driver" })).await;
    need_act(&ben, &need, "claim").await.is(200);
    let forms = json!({ "title": "Forms", "due_on": "2026-12-04" });
    let forms = ana.task(forms).await;
    ana.task_act(&forms, "complete").await.is(200);
    let off = ana
        .task(json!({ "title": "Off", "due_on": "2026-12-04" }))
        .await;
    ana.task_act(&off, "cancel").await.is(200);
    ana.task(json!({ "title": "Later", "due_on": "2026-12-20" }))
        .await;
    ana.task(json!({ "title": "Some day" })).await;

    let for_ben = [
        "task Cook partial accepted [Ben]",
        "need driver full accepted [Ben]",
        "task Forms none - []",
    ];
    let seen = items(&ben, "").await;
    assert_eq!(seen[..2], for_ben[..2]);
    assert!(seen[2].starts_with("task Forms "), "{seen:?}");
    assert_eq!(seen.len(), 3, "a helper does not see the appointment");
    let for_cem = items(&cem, "").await;
    assert_eq!(for_cem.len(), 4, "{for_cem:?}");
    assert_eq!(for_cem[0], "task Cook partial offered [Ben]");
    assert!(for_cem.contains(&"appointment Scan - accepted [Ana Cem]".to_owned()));
    assert!(for_cem.contains(&"need driver full - [Ben]".to_owned()));

    let page = ben.get("/calendar").await.is(200);
    let item = &page["data"][1];
    assert_eq!(item["title"], Value::Null);
    assert_eq!(item["circle_id"], ben.circle_id());
    assert_eq!(item["circle_name"], ana.get("").await.is(200)["name"]);
    assert_eq!(item["starts_at"], "2026-12-03T09:00:00.000Z");
    assert_eq!(page["data"][2]["starts_on"], "2026-12-04");
    assert_eq!(page["data"][2]["starts_at"], Value::Null);
    assert_eq!(page["data"][0]["starts_at"], Value::Null);
    assert_eq!(page["data"][0]["ends_at"], "2026-12-02T17:00:00.000Z");
}

#[tokio::test]
async fn a_calendar_shows_the_past_and_at_most_three_months() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let walk = json!({ "title": "Walk", "starts_local": "2026-11-20T10:00", "topic": "daily" });
    visit(&ana, &[&ana], walk).await;
    assert_eq!(items(&ana, "").await, [""; 0]);
    let november = "?from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z";
    assert_eq!(items(&ana, november).await.len(), 1);
    let year = "/calendar?from=2026-11-01T00:00:00Z&to=2027-11-01T00:00:00Z";
    ana.get(year).await.is_problem(400, "invalid_parameters");
    let unknown = "/calendar?time_zone=Mars/Base";
    let refused = ana.get(unknown).await;
    let refused = refused.is_problem(400, "invalid_parameters");
    let detail = refused["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("a name like Europe/Berlin"), "{detail}");
}

#[tokio::test]
async fn the_days_are_those_of_the_reader_or_of_the_zone_that_they_ask_for() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let today = json!({ "title": "Rest", "starts_on": "2026-12-01", "topic": "daily" });
    visit(&ana, &[], today).await;
    // In Berlin it is 23:30, and in Auckland 2 December.
    app.advance(TimeDelta::minutes(14 * 60 + 30));
    let ana = ana.later().await;
    assert_eq!(items(&ana, "").await, ["appointment Rest - - []"]);
    assert_eq!(items(&ana, "?time_zone=Pacific/Auckland").await, [""; 0]);
    assert_eq!(
        items(&ana, "?time_zone=America/New_York").await,
        ["appointment Rest - - []"]
    );
    ana.patch("/v1/me", json!({ "time_zone": "Pacific/Auckland" }))
        .await
        .is(200);
    assert_eq!(items(&ana, "").await, [""; 0]);
}

#[tokio::test]
async fn a_long_calendar_goes_on_with_a_cursor() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    for day in 2..7 {
        let due = format!("2026-12-0{day}");
        ana.task(json!({ "title": "a", "due_on": due })).await;
        let walk = json!({ "title": "b", "starts_on": due, "topic": "daily" });
        visit(&ana, &[], walk).await;
    }
    let all = items(&ana, "").await;
    assert_eq!(all.len(), 10);
    let mut found = Vec::new();
    let mut path = "/calendar?limit=3".to_owned();
    loop {
        let page = ana.get(&path).await.is(200);
        found.extend(page["data"].as_array().unwrap().iter().map(line));
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/calendar?limit=3&cursor={cursor}");
    }
    assert_eq!(found, all);
}
