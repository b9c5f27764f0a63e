//! `PATCH /v1/circles/{circle_id}/threads/{thread_id}`

use serde_json::json;

use super::{about, between, id};
use crate::harness::TestApp;

#[tokio::test]
async fn only_the_author_or_a_coordinator_can_rename_a_thread() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "caregiver"]).await;
    let thread = about(&ben, "daily").await;
    let path = format!("/threads/{}", id(&thread));
    let title = json!({ "title": "Another" });
    cem.patch(&path, title.clone())
        .await
        .is_problem(403, "forbidden");
    for person in [&ana, &ben] {
        let renamed = person.patch(&path, title.clone()).await.is(200);
        assert_eq!(renamed["title"], "Another");
    }
    let none = ben.patch(&path, json!({ "title": null })).await;
    assert_eq!(none.is_invalid(), ["/title required"]);
    let direct = between(&ben, &[&cem]).await;
    let path = format!("/threads/{}", id(&direct));
    ben.patch(&path, title).await.is(200);
    let none = ben.patch(&path, json!({ "title": null })).await.is(200);
    assert_eq!(none["title"], json!(null));
}
