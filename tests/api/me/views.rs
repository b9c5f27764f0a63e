//! What all views share: their ETags, and the number of their statements.

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::json;

use super::appointment;
use crate::harness::{Person, TestApp};

#[tokio::test]
async fn an_unchanged_view_answers_304_until_something_changes() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    for path in [
        "/v1/me/circles",
        "/v1/me/agenda",
        "/v1/me/calendar",
        "/v1/me/summary",
        "/v1/me/notifications",
    ] {
        let etag = ben.get(path).await.header("etag").to_owned();
        let seen = ("if-none-match", etag.as_str());
        assert_eq!(
            ben.with(seen, &Method::GET, path, None).await.status,
            304,
            "{path}"
        );
        assert_eq!(
            ana.with(seen, &Method::GET, path, None).await.status,
            200,
            "{path}"
        );
        ana.task(json!({ "title": "a" })).await;
        assert_eq!(
            ben.with(seen, &Method::GET, path, None).await.status,
            200,
            "{path}"
        );
    }
    let etag = ben.get("/v1/me/agenda").await.header("etag").to_owned();
    app.advance(TimeDelta::days(1));
    let seen = ("if-none-match", etag.as_str());
    let tomorrow = ben
        .later()
        .await
        .with(seen, &Method::GET, "/v1/me/agenda", None)
        .await;
    assert_eq!(tomorrow.status, 200);
}

#[tokio::test]
async fn the_number_of_statements_does_not_grow_with_the_number_of_rows() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let [mia] = app.circle_of(["coordinator"], ["Mia"]).await;
    let fill = async |by: &Person, count: usize| {
        for number in 0..count {
            let task = by
                .task(json!({ "title": "a", "due_on": "2026-12-05" }))
                .await;
            by.task_act(&task, "claim").await.is(200);
            let starts = format!("2026-12-03T{:02}:00", 8 + number);
            let visit = appointment(by, "a", &starts, &[by]).await;
            by.post(
                &format!("/appointments/{visit}/needs"),
                json!({ "kind": "driver" }),
            )
            .await
            .is(201);
            let role = by.post("/roles", json!({ "kind": "pets" })).await.is(201);
            by.act(&format!("/roles/{}/claim", role["id"].as_str().unwrap()))
                .await
                .is(200);
            let thread = by
                .post("/threads", json!({ "title": "a", "topic": "daily" }))
                .await
                .is(201);
            let messages = format!("/threads/{}/messages", thread["id"].as_str().unwrap());
            by.post(&messages, json!({ "body": "a" })).await.is(201);
        }
    };
    let measure = async || {
        let mut table = String::new();
        for path in [
            "/tasks",
            "/appointments",
            "/needs",
            "/roles",
            "/threads",
            "/members",
            "/calendar",
            "/gaps",
            "/workloads",
            "/activity?unseen=true",
            "/v1/me/agenda",
            "/v1/me/calendar",
            "/v1/me/circles",
            "/v1/me/summary",
            "/v1/me/notifications",
        ] {
            let count = app.statements(ana.get(path)).await;
            table.extend([path, " ", &count.to_string(), "\n"]);
        }
        table
    };
    fill(&ana, 1).await;
    let direct = json!({ "member_ids": [ben.member_id] });
    ana.post("/threads", direct).await.is(201);
    // The first use of an access token needs a further statement.
    ana.get("/v1/me").await.is(200);
    let few = measure().await;
    fill(&ana, 6).await;
    let guest = app.join(&mia, &ana, json!({ "access": "caregiver" })).await;
    assert!(!guest.is_empty() && !ben.member_id.is_empty());
    fill(&mia, 3).await;
    let many = measure().await;
    assert_eq!(
        few, many,
        "the number of statements grows with the rows: read what belongs to all rows of a page with \
         one query, as `describe_all` in src/features/tasks/store.rs does"
    );
    insta::assert_snapshot!(many, @r"
    /tasks 3
    /appointments 3
    /needs 3
    /roles 3
    /threads 3
    /members 3
    /calendar 3
    /gaps 3
    /workloads 3
    /activity?unseen=true 3
    /v1/me/agenda 2
    /v1/me/calendar 3
    /v1/me/circles 3
    /v1/me/summary 2
    /v1/me/notifications 3
    ");
}
