//! `POST /v1/circles/{circle_id}/threads/{thread_id}/archive`

use serde_json::json;

use super::{about, delete, id, mark, messages, say};
use crate::harness::TestApp;

#[tokio::test]
async fn nobody_can_write_in_an_archived_thread() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "helper"]).await;
    let thread = about(&ben, "daily").await;
    let message = say(&cem, &thread, "Before").await;
    let verb = |verb: &str| format!("/threads/{}/{verb}", id(&thread));
    cem.act(&verb("archive")).await.is_problem(403, "forbidden");
    let archived = ben.act(&verb("archive")).await.is(200);
    assert_eq!(
        (&archived["state"], &archived["actions"]),
        (&json!("archived"), &json!(["unarchive", "mark_read"]))
    );
    let again = ana.act(&verb("archive")).await.is(200);
    assert_eq!(again["version"], archived["version"]);
    let body = json!({ "body": "a" });
    let refused = ana.post(&messages(&thread), body.clone()).await;
    let refused = refused.is_problem(409, "invalid_transition");
    assert_eq!(refused["state"], "archived");
    let path = format!("/messages/{}", id(&message));
    cem.patch(&path, body)
        .await
        .is_problem(409, "invalid_transition");
    mark(&ben, &thread, &message).await.is(200);
    let open = ana.get("/threads?state=open").await.is(200);
    assert_eq!(open["data"], json!([]));
    delete(&cem, &message).await.is(204);
    ana.act(&verb("unarchive")).await.is(200);
    say(&cem, &thread, "After").await;
}
