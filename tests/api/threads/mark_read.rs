//! `POST /v1/circles/{circle_id}/threads/{thread_id}/mark-read`

use serde_json::json;

use super::{about, delete, listed, mark, say};
use crate::harness::{Person, TestApp};

#[tokio::test]
async fn unread_messages_are_counted_for_each_reader() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "viewer"]).await;
    let thread = about(&ana, "daily").await;
    let other = about(&ana, "daily").await;
    let mut said = Vec::new();
    for (by, body) in [(&ana, "1"), (&ben, "2"), (&ana, "3"), (&ana, "4")] {
        said.push(say(by, &thread, body).await);
    }
    say(&ana, &other, "1").await;
    let unread = async |by: &Person| listed(by, &thread).await["unread_count"].clone();
    assert_eq!(
        (unread(&ana).await, unread(&ben).await, unread(&cem).await),
        (json!(1), json!(3), json!(4))
    );
    let read = mark(&ben, &thread, &said[2]).await.is(200);
    assert_eq!(
        (&read["unread_count"], &read["last_read_number"]),
        (&json!(1), &json!(3))
    );
    let back = mark(&ben, &thread, &said[0]).await.is(200);
    assert_eq!(back["last_read_number"], 3);
    delete(&ana, &said[3]).await.is(204);
    assert_eq!(
        (unread(&ana).await, unread(&ben).await, unread(&cem).await),
        (json!(1), json!(0), json!(3))
    );
    assert_eq!(listed(&ben, &other).await["unread_count"], 1);
    let elsewhere = mark(&ben, &other, &said[0]).await;
    assert_eq!(
        elsewhere.is_invalid(),
        ["/last_read_message_id unknown_message"]
    );
}
