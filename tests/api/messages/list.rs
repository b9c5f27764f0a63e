//! `GET /v1/circles/{circle_id}/threads/{thread_id}/messages`

use serde_json::json;

use crate::harness::TestApp;
use crate::threads::{about, messages};

#[tokio::test]
async fn messages_are_numbered_and_read_page_by_page_newest_first() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let thread = about(&ana, "daily").await;
    let path = messages(&thread);
    let people = [&ana, &ben].into_iter().cycle().take(7);
    let writes = people.map(|by| by.post(&path, json!({ "body": "a" })));
    for reply in futures_util::future::join_all(writes).await {
        reply.is(201);
    }
    let mut numbers = Vec::new();
    let mut page_path = format!("{path}?limit=3");
    loop {
        let page = ben.get(&page_path).await.is(200);
        for message in page["data"].as_array().unwrap() {
            numbers.push(message["number"].as_i64().unwrap());
        }
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        page_path = format!("{path}?limit=3&cursor={cursor}");
    }
    assert_eq!(numbers, [7, 6, 5, 4, 3, 2, 1]);
}
