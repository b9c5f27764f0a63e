//! `POST /v1/circles/{circle_id}/members/{member_id}/suspend`

use serde_json::json;

use super::{claimed, depart, read};
use crate::harness::TestApp;

#[tokio::test]
async fn a_suspended_member_sees_nothing_and_keeps_no_work() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let task = claimed(&ana, &ben, json!({ "title": "Drive", "topic": "health" })).await;
    let suspended = depart(&ana, "suspend", &ben, json!({})).await.is(200);
    let released = json!([{ "type": "task", "id": task["id"], "title": "Drive" }]);
    assert_eq!(
        (&suspended["state"], &suspended["released"]),
        (&json!("suspended"), &released)
    );
    let open = read(&ana, &task).await;
    assert_eq!(open["coverage"], "none");
    assert_eq!(open["assignments"][0]["state"], "released");
    for path in ["", "/members", "/tasks", "/notification-settings"] {
        ben.get(path).await.is_problem(404, "not_found");
    }
    let task = ben.post("/tasks", json!({ "title": "a" })).await;
    task.is_problem(404, "not_found");
    let again = depart(&ana, "suspend", &ben, json!({})).await.is(200);
    assert_eq!(again["released"], json!([]));
}
