//! An archived circle goes on as it was.

use serde_json::json;

use super::{mark_in_memory, reminders_of};
use crate::harness::TestApp;

#[tokio::test]
async fn a_circle_is_as_before_after_it_was_archived() {
    let app = TestApp::start().await;
    let [ana, ben, rosa] = app.circle(["coordinator", "caregiver", "patient"]).await;
    let task = ana.task_soon(&ben).await;
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    ana.act("/archive").await.is(200);
    assert_eq!(reminders_of(&ana, &path).await, ["canceled"]);
    let refused = rosa.act("/unarchive").await.is_problem(403, "forbidden");
    assert_eq!(
        refused["detail"],
        "Only coordinators can unarchive this circle."
    );
    assert_eq!(ana.act("/unarchive").await.is(200)["state"], "active");
    assert_eq!(reminders_of(&ana, &path).await, ["planned"]);
    // It is not archived, so nothing changes.
    let before = ana.get("").await.is(200);
    assert_eq!(ana.act("/unarchive").await.is(200), before);

    ana.act("/pause").await.is(200);
    ana.act("/archive").await.is(200);
    assert_eq!(ana.act("/unarchive").await.is(200)["state"], "paused");
    assert_eq!(reminders_of(&ana, &path).await, ["canceled"]);

    mark_in_memory(&ana).await.is(200);
    ana.act("/archive").await.is(200);
    assert_eq!(ana.act("/unarchive").await.is(200)["state"], "in_memory");
    ana.post("/tasks", json!({ "title": "New" }))
        .await
        .is_problem(409, "circle_in_memory");
    app.mails().await;
}
