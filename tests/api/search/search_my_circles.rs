//! `GET /v1/me/search`

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::path;
use crate::harness::{Client, TestApp};

async fn page(by: &Client, rest: &str) -> Value {
    let search = format!("/v1/me{}{rest}", path("soup"));
    by.get(&search).await.is(200)
}

#[tokio::test]
async fn hits_of_all_circles_come_in_one_order() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let [mia] = app.circle_of(["coordinator"], ["Mia"]).await;
    let [gio] = app.circle_of(["coordinator"], ["Gio"]).await;
    app.join(&mia, &ana, json!({ "access": "viewer" })).await;
    for (by, title) in [
        (&ana, "1 soup"),
        (&mia, "2 soup"),
        (&ana, "3 soup"),
        (&mia, "4 soup"),
        (&gio, "5 soup"),
    ] {
        app.advance(TimeDelta::seconds(1));
        by.task(json!({ "title": title })).await;
    }
    app.advance(TimeDelta::seconds(1));
    mia.task(json!({ "title": "6", "notes": "soup" })).await;
    mia.task(json!({ "title": "7 soup", "topic": "health" }))
        .await;
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = page(&ana, &format!("&limit=2{cursor}")).await;
        for hit in page["data"].as_array().unwrap() {
            found.push((
                hit["title"].as_str().unwrap().to_owned(),
                hit["circle_id"] == *ana.circle_id(),
            ));
        }
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    let found: Vec<_> = found
        .iter()
        .map(|(title, mine)| (title.as_str(), *mine))
        .collect();
    assert_eq!(
        found,
        [
            ("4 soup", false),
            ("3 soup", true),
            ("2 soup", false),
            ("1 soup", true),
            ("6", false),
        ]
    );
}

#[tokio::test]
async fn a_person_without_a_circle_finds_nothing() {
    let app = TestApp::start().await;
    let dora = app.person("Dora").await;
    let empty = page(&dora, "").await;
    assert_eq!(empty, json!({ "data": [], "next_cursor": null }));
}

#[tokio::test]
async fn an_unchanged_search_answers_304_until_something_changes() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    ana.task(json!({ "title": "Soup" })).await;
    for search in [path("soup"), format!("/v1/me{}", path("soup"))] {
        let etag = ana.get(&search).await.header("etag").to_owned();
        let seen = ("if-none-match", etag.as_str());
        let again = ana.with(seen, &Method::GET, &search, None).await;
        assert_eq!(again.status, 304, "{search}");
        ana.task(json!({ "title": "More soup" })).await;
        let again = ana.with(seen, &Method::GET, &search, None).await;
        assert_eq!(again.status, 200, "{search}");
    }
}
