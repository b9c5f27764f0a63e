//! `POST /v1/circles/{circle_id}/members/{member_id}/reinstate`

use serde_json::json;

use super::{claimed, depart, read};
use crate::harness::TestApp;

#[tokio::test]
async fn a_reinstated_member_sees_what_they_saw_before() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let grant = format!("/members/{}/topics", ben.member_id);
    ana.patch(&grant, json!({ "health": "read" })).await.is(200);
    let task = claimed(&ana, &ben, json!({ "title": "Drive", "topic": "health" })).await;
    depart(&ana, "suspend", &ben, json!({})).await.is(200);
    let path = format!("/members/{}", ben.member_id);
    let suspended = ana.get(&path).await.is(200);
    assert_eq!(
        suspended["actions"],
        json!(["update", "update_topics", "reinstate", "remove"])
    );
    let active = ana.act(&format!("{path}/reinstate")).await.is(200);
    assert_eq!(
        (
            &active["state"],
            &active["access"],
            &active["topic_levels"]["health"]
        ),
        (&json!("active"), &json!("helper"), &json!("read"))
    );
    let task = read(&ben, &task).await;
    assert_eq!(
        (&task["my_assignment"], &task["coverage"]),
        (&json!("released"), &json!("none"))
    );
    let again = ana.act(&format!("{path}/reinstate")).await.is(200);
    assert_eq!(again["version"], active["version"]);
    depart(&ana, "remove", &ben, json!({})).await.is(200);
    let gone = ana.act(&format!("{path}/reinstate")).await;
    gone.is_problem(409, "invalid_transition");
}
