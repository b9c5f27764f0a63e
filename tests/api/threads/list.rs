//! `GET /v1/circles/{circle_id}/threads`

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::json;

use super::{about, between, id, mark, messages, say};
use crate::harness::{Client, TestApp};

#[tokio::test]
async fn a_full_page_of_threads_shows_the_unread_messages_of_each() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    for _ in 0..201 {
        let thread = about(&ana, "daily").await;
        say(&ana, &thread, "Hello").await;
    }
    let page = ben.get("/threads?limit=200").await.is(200);
    let rows = page["data"].as_array().unwrap();
    assert_eq!(rows.len(), 200);
    for row in rows {
        assert_eq!(
            (&row["unread_count"], &row["last_message"]["body"]),
            (&json!(1), &json!("Hello"))
        );
    }
}

#[tokio::test]
async fn a_list_of_threads_answers_304_until_a_message_is_written_or_read() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let thread = about(&ana, "daily").await;
    let first = say(&ana, &thread, "1").await;
    say(&ana, &thread, "2").await;
    let path = format!("/threads/{}", id(&thread));
    for path in ["/threads", &path] {
        let etag = async |by: &Client| by.get(path).await.header("etag").to_owned();
        let (hers, his) = (etag(&ana).await, etag(&ben).await);
        let again = async |by: &Client, etag: &str| {
            let seen = ("if-none-match", etag);
            by.with(seen, &Method::GET, path, None).await.status
        };
        assert_eq!(again(&ben, &his).await, 304);
        let list = ben.get(&messages(&thread)).await.is(200);
        let message = match path {
            "/threads" => first.clone(),
            _ => list["data"][0].clone(),
        };
        mark(&ben, &thread, &message).await.is(200);
        assert_eq!(again(&ben, &his).await, 200);
        assert_eq!(
            again(&ana, &hers).await,
            304,
            "reading changes nothing for other members"
        );
        let his = etag(&ben).await;
        mark(&ben, &thread, &message).await.is(200);
        assert_eq!(again(&ben, &his).await, 304, "the cursor did not move");
    }
}

#[tokio::test]
async fn the_most_recently_used_thread_comes_first() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let mut threads = Vec::new();
    for _ in 0..3 {
        threads.push(about(&ana, "daily").await);
        app.advance(TimeDelta::seconds(1));
    }
    let direct = between(&ben, &[&ana]).await;
    app.advance(TimeDelta::seconds(1));
    say(&ben, &threads[0], "Up").await;
    let mut seen = Vec::new();
    let mut path = "/threads?limit=3".to_owned();
    loop {
        let page = ana.get(&path).await.is(200);
        seen.extend(page["data"].as_array().unwrap().clone());
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/threads?limit=3&cursor={cursor}");
    }
    let ids: Vec<_> = seen.iter().map(id).collect();
    let expected = [&threads[0], &direct, &threads[2], &threads[1]];
    assert_eq!(ids, expected.map(id));
    assert_eq!(seen[0]["last_message"]["body"], "Up");
    let direct_only = ana.get("/threads?kind=direct").await.is(200);
    assert_eq!(direct_only["data"].as_array().unwrap().len(), 1);
}
