//! What repeats on calendars further ahead than the server has made it.

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Person, TestApp};

const FAR: &str = "from=2027-03-01T00:00:00Z&to=2027-03-30T20:00:00Z";

async fn items(person: &Person, path: &str) -> Vec<Value> {
    let page = person.get(path).await.is(200);
    page["data"].as_array().unwrap().clone()
}

async fn two_series(ana: &Person) -> [Value; 2] {
    let visits = json!({
        "title": "Dialysis", "kind": "treatment", "starts_local": "2026-12-08T08:00",
        "ends_local": "2026-12-08T12:30", "time_zone": "Europe/Berlin",
        "recurrence": "FREQ=WEEKLY;INTERVAL=2",
    });
    let tasks = json!({
        "title": "Pay the carer", "due_on": "2026-12-31", "recurrence": "FREQ=MONTHLY",
    });
    [
        ana.post("/appointment-series", visits).await.is(201),
        ana.post("/task-series", tasks).await.is(201),
    ]
}

#[tokio::test]
async fn a_calendar_shows_what_repeats_beyond_what_is_made() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let [visits, tasks] = two_series(&ana).await;
    let circle = format!("/v1/circles/{}/calendar?{FAR}", ana.circle_id());
    let found = items(&ana, &circle).await;
    let told: Vec<_> = found
        .iter()
        .map(|item| (&item["title"], &item["original_on"]))
        .collect();
    let [dialysis, carer] = [json!("Dialysis"), json!("Pay the carer")];
    let days = ["2027-03-02", "2027-03-16", "2027-03-30"].map(Value::from);
    assert_eq!(
        told,
        [
            (&dialysis, &days[0]),
            (&dialysis, &days[1]),
            (&dialysis, &days[2])
        ]
    );
    let first = &found[0];
    assert_eq!(first["projected"], true);
    assert_eq!(first["id"], Value::Null);
    assert_eq!(first["series_id"], visits["id"]);
    assert_eq!(first["starts_at"], "2027-03-02T07:00:00.000Z");
    assert_eq!(found[2]["starts_at"], "2027-03-30T06:00:00.000Z");
    assert_eq!(first["held_by"], json!([]));
    let mine = format!("/v1/me/calendar?{FAR}");
    assert_eq!(items(&ana, &mine).await, found);

    let april = "/v1/me/calendar?from=2027-03-31T00:00:00Z&to=2027-04-01T00:00:00Z";
    let april = items(&ana, april).await;
    assert_eq!(april.len(), 1);
    assert_eq!(april[0]["title"], carer);
    assert_eq!(april[0]["series_id"], tasks["id"]);
    assert_eq!(april[0]["starts_on"], "2027-03-31");
}

#[tokio::test]
async fn made_and_projected_items_are_one_list_without_a_gap_or_a_repetition() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    two_series(&ana).await;
    let window = "from=2026-12-01T00:00:00Z&to=2027-03-01T00:00:00Z";
    let all = items(&ana, &format!("/v1/me/calendar?{window}")).await;
    let days: Vec<_> = all
        .iter()
        .filter(|item| item["title"] == "Dialysis")
        .map(|item| item["original_on"].as_str().unwrap())
        .collect();
    assert_eq!(
        days,
        [
            "2026-12-08",
            "2026-12-22",
            "2027-01-05",
            "2027-01-19",
            "2027-02-02",
            "2027-02-16"
        ]
    );
    assert_eq!(all.len(), 9);
    let projected = all.iter().filter(|item| item["projected"] == true);
    assert_eq!(projected.count(), 4, "{all:?}");
    let mut paged = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/v1/me/calendar?{window}&limit=2{cursor}");
        let page = ana.get(&path).await.is(200);
        paged.extend(page["data"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(paged, all);
}

#[tokio::test]
async fn what_a_later_change_of_a_series_makes_is_on_the_calendar_once() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let daily = json!({
        "title": "Insulin", "due_local": "2026-12-08T08:00", "time_zone": "Europe/Berlin",
        "recurrence": "FREQ=DAILY",
    });
    let visit = json!({
        "title": "Nurse", "kind": "home_visit", "starts_local": "2026-12-08T09:00",
        "time_zone": "Europe/Berlin", "recurrence": "FREQ=DAILY",
    });
    let tasks = ana.post("/task-series", daily.clone()).await.is(201);
    let claimed = ana.post("/task-series", daily).await.is(201);
    let visits = ana.post("/appointment-series", visit).await.is(201);
    // Too early for the job that makes more.
    app.advance(TimeDelta::days(4));
    let path = |kind: &str, series: &Value| format!("/{kind}/{}", series["id"].as_str().unwrap());
    let [tasks, claimed] = [tasks, claimed].map(|series| path("task-series", &series));
    let visits = path("appointment-series", &visits);
    let now = ana.later().await;
    for series in [tasks, visits] {
        now.patch(&series, json!({ "title": "Another title" }))
            .await
            .is(200);
    }
    now.act(&format!("{claimed}/claim")).await.is(200);
    let window = "from=2027-01-25T00:00:00Z&to=2027-02-12T00:00:00Z";
    let page = now.get(&format!("/v1/me/calendar?{window}")).await.is(200);
    let found = page["data"].as_array().unwrap();
    let mut keys: Vec<String> = found
        .iter()
        .map(|item| format!("{} {}", item["series_id"], item["original_on"]))
        .collect();
    assert_eq!(keys.len(), 3 * 18, "{found:#?}");
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 3 * 18, "{found:#?}");
}

#[tokio::test]
async fn the_tag_of_a_calendar_depends_on_the_series() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let [visits, _] = two_series(&ana).await;
    let path = format!("/v1/me/calendar?{FAR}");
    let before = ana.get(&path).await;
    let tag = before.header("etag").to_owned();
    let again = async || {
        let known = ("If-None-Match", tag.as_str());
        ana.with(known, &Method::GET, &path, None).await
    };
    assert_eq!(again().await.status, 304);
    ana.act(&format!(
        "/appointment-series/{}/pause",
        visits["id"].as_str().unwrap()
    ))
    .await
    .is(200);
    let after = again().await.is(200);
    assert_eq!(after["data"], json!([]));
}

#[tokio::test]
async fn a_helper_sees_no_projected_item_of_a_hidden_topic() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    two_series(&ana).await;
    assert_eq!(
        items(&ben, &format!("/v1/me/calendar?{FAR}")).await,
        Vec::<Value>::new()
    );
}

#[tokio::test]
async fn the_number_of_statements_does_not_grow_with_the_series() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let path = format!("/v1/me/calendar?{FAR}");
    two_series(&ana).await;
    let few = app.statements(ana.get(&path)).await;
    for _ in 0..4 {
        two_series(&ana).await;
    }
    assert_eq!(app.statements(ana.get(&path)).await, few);
}

#[tokio::test]
async fn pages_of_many_series_are_one_list_without_a_gap_or_a_repetition() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    for hour in 10..17 {
        let daily = json!({
            "title": "Insulin", "due_local": format!("2026-12-08T{hour}:00"),
            "time_zone": "Europe/Berlin", "recurrence": "FREQ=DAILY",
        });
        ana.post("/task-series", daily).await.is(201);
    }
    let all = items(&ana, &format!("/v1/me/calendar?{FAR}")).await;
    assert_eq!(all.len(), 7 * 30);
    let mut paged = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/v1/me/calendar?{FAR}&limit=4{cursor}");
        let page = ana.get(&path).await.is(200);
        paged.extend(page["data"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(paged, all);
}
