//! `POST /v1/circles/{circle_id}/threads`

use serde_json::json;
use uuid::Uuid;

use super::between;
use crate::harness::TestApp;

#[tokio::test]
async fn a_thread_is_about_a_topic_or_between_people() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    for (body, fault) in [
        (json!({ "title": "a" }), "/topic required"),
        (json!({ "topic": "daily" }), "/title required"),
        (
            json!({ "title": "a", "topic": "daily", "member_ids": [ben.member_id] }),
            "/member_ids topic_and_members",
        ),
        (
            json!({ "member_ids": [ana.member_id] }),
            "/member_ids no_other_member",
        ),
        (
            json!({ "member_ids": [ben.member_id, Uuid::now_v7()] }),
            "/member_ids/1 unknown_member",
        ),
        (
            json!({ "title": "a", "topic": "decisions" }),
            "/topic topic_not_visible",
        ),
    ] {
        let reply = ana.post("/threads", body).await;
        assert_eq!(reply.is_invalid(), [fault]);
    }
    let body = json!({ "id": Uuid::now_v7(), "title": "Visits", "topic": "daily" });
    let thread = ana.post("/threads", body.clone()).await.is(201);
    assert_eq!(
        thread["actions"],
        json!(["create_message", "update", "archive", "mark_read"])
    );
    assert_eq!(
        (&thread["kind"], &thread["last_message"]),
        (&json!("topic"), &json!(null))
    );
    assert_eq!(ana.post("/threads", body.clone()).await.is(200), thread);
    ben.post("/threads", body).await.is_problem(409, "id_taken");
    let direct = between(&ben, &[&ana, &ana]).await;
    assert_eq!(direct["members"].as_array().unwrap().len(), 2);
}
