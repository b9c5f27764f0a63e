//! `GET /v1/circles/{circle_id}/gaps`

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{respond, visit};
use crate::harness::{Client, TestApp};
use crate::needs::{add_need, need_act};
use crate::series::pill_box;

/// The gaps, each as its type, title or kind, the number of people missing, and who was asked.
async fn gaps(by: &Client, query: &str) -> Vec<String> {
    let page = by.get(&format!("/gaps{query}")).await.is(200);
    let line = |gap: &Value| {
        let what = gap["title"].as_str().or(gap["kind"].as_str()).unwrap();
        let asked = gap["asked"].as_array().unwrap().iter();
        let asked: Vec<_> = asked.map(|one| one["name"].as_str().unwrap()).collect();
        let kind = gap["type"].as_str().unwrap();
        format!("{kind} {what} {} {asked:?}", gap["people_missing"]).replace(" Test", "")
    };
    page["data"].as_array().unwrap().iter().map(line).collect()
}

#[tokio::test]
async fn everything_that_needs_somebody_is_in_one_list() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora] = app
        .circle(["coordinator", "helper", "caregiver", "viewer"])
        .await;
    let cook = json!({ "title": "Cook", "due_local": "2026-12-02T18:00", "people_needed": 3 });
    let cook = ana.task(cook).await;
    ben.task_act(&cook, "claim").await.is(200);
    let offer = format!("/tasks/{}/offer", cook["id"].as_str().unwrap());
    ana.post(&offer, json!({ "member_id": cem.member_id }))
        .await
        .is(200);
    let done = ana.task(json!({ "title": "Claimed" })).await;
    ben.task_act(&done, "claim").await.is(200);
    ana.task(json!({ "title": "Overdue", "due_on": "2026-11-20" }))
        .await;
    let scan = json!({ "title": "Scan", "starts_local": "2026-12-03T10:00", "topic": "health" });
    let scan = visit(&ana, &[&ana, &cem], scan).await;
    add_need(&ana, &scan, json!({ "kind": "driver" })).await;
    let walk = json!({ "title": "Walk", "starts_local": "2026-12-04T10:00", "topic": "daily" });
    visit(&ana, &[], walk).await;
    let pets = ana.post("/roles", json!({ "kind": "pets" })).await.is(201);
    let pets = format!("/roles/{}/offer", pets["id"].as_str().unwrap());
    ana.post(&pets, json!({ "member_id": ben.member_id }))
        .await
        .is(200);

    let mut expected = vec![
        "task Overdue 1 []",
        r#"task Cook 2 ["Cem"]"#,
        "need driver 1 []",
        r#"role Pets 1 ["Ben"]"#,
    ];
    assert_eq!(gaps(&ana, "").await, expected);
    respond(&ana, &scan, "declined").await;
    assert_eq!(gaps(&ana, "").await, expected, "Cem has not answered");
    respond(&cem, &scan, "declined").await;
    assert_eq!(gaps(&ben, "").await, expected, "Ben does not see the scan");
    let seen = gaps(&cem, "").await;
    assert!(seen.contains(&"appointment Scan 1 []".to_owned()));
    expected.truncate(3);
    let week = "?from=2026-12-01T00:00:00Z&to=2026-12-08T00:00:00Z";
    assert_eq!(gaps(&ben, week).await, expected[1..]);
    assert_eq!(gaps(&ben, "?to=2026-12-02T23:00:00Z").await, expected[..2]);

    let refused = dora.get("/gaps").await;
    refused.is_problem(403, "forbidden");
}

#[tokio::test]
async fn a_gap_and_an_item_on_the_agenda_name_the_series_and_its_date() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let series = ana.series(pill_box()).await;
    let expected = (&series["id"], &json!("2026-12-06"));
    let gap = ana.get("/gaps?limit=1").await.is(200)["data"][0].clone();
    assert_eq!((&gap["series_id"], &gap["original_on"]), expected);
    ana.series_act(&series, "claim").await;
    let item = ana.get("/v1/me/agenda?limit=1").await.is(200)["data"][0].clone();
    assert_eq!((&item["series_id"], &item["original_on"]), expected);
}

#[tokio::test]
async fn the_days_of_gaps_are_those_of_a_time_zone() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    ana.task(json!({ "title": "Cook", "due_on": "2026-12-03" }))
        .await;
    let until = "?to=2026-12-03T04:00:00Z&time_zone=";
    let cook = ["task Cook 1 []"];
    assert_eq!(gaps(&ana, &format!("{until}Europe/Berlin")).await, cook);
    let yesterday_there = format!("{until}America/New_York");
    assert_eq!(gaps(&ana, &yesterday_there).await, [""; 0]);
}

#[tokio::test]
async fn a_gap_says_since_when_it_needs_somebody() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = ana
        .task(json!({ "title": "Cook", "due_on": "2026-12-05" }))
        .await;
    let since = async |by: &Client| {
        let page = by.get("/gaps").await.is(200);
        page["data"][0]["uncovered_since_at"].clone()
    };
    assert_eq!(since(&ana).await, task["created_at"]);
    ben.task_act(&task, "claim").await.is(200);
    assert_eq!(since(&ana).await, Value::Null);
    app.advance(TimeDelta::hours(3));
    let (ana, ben) = (ana.later().await, ben.later().await);
    let path = format!("/tasks/{}/release", task["id"].as_str().unwrap());
    let released = ben.act(&path).await.is(200);
    assert_eq!(since(&ana).await, released["updated_at"]);
}

#[tokio::test]
async fn a_gap_is_gone_when_enough_people_have_claimed_it_or_its_time_is_over() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let walk = json!({ "title": "Walk", "starts_local": "2026-12-01T11:00", "topic": "daily" });
    let walk = visit(&ana, &[], walk).await;
    let need = add_need(&ana, &walk, json!({ "kind": "companion" })).await;
    let soon = json!({
        "title": "Cook", "starts_local": "2026-12-01T11:00", "due_local": "2026-12-01T12:00",
    });
    ana.task(soon).await;
    assert_eq!(gaps(&ben, "").await.len(), 2);
    let etag = ben.get("/gaps").await.header("etag").to_owned();
    need_act(&ben, &need, "claim").await.is(200);
    assert_eq!(gaps(&ben, "").await, ["task Cook 1 []"]);
    app.advance(TimeDelta::hours(4));
    let ben = ben.later().await;
    assert_eq!(gaps(&ben, "").await, [""; 0]);
    let seen = ("if-none-match", etag.as_str());
    let after = ben
        .with(seen, &axum::http::Method::GET, "/gaps", None)
        .await;
    assert_eq!(after.status, 200);
}

#[tokio::test]
async fn gaps_are_read_page_by_page() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    for number in 0..3 {
        ana.task(json!({ "title": number.to_string() })).await;
        ana.task(json!({ "title": number.to_string(), "due_on": "2026-12-05" }))
            .await;
        ana.post("/roles", json!({ "kind": "pets" })).await.is(201);
    }
    let all = gaps(&ana, "").await;
    assert_eq!(all.len(), 9);
    let mut found = 0;
    let mut path = "/gaps?limit=2".to_owned();
    loop {
        let page = ana.get(&path).await.is(200);
        found += page["data"].as_array().unwrap().len();
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/gaps?limit=2&cursor={cursor}");
    }
    assert_eq!(found, 9);
}
