//! `GET /v1/circles/{circle_id}/needs`

use serde_json::json;

use super::{add_need, need_act, need_path};
use crate::appointments::{path_of, scan};
use crate::harness::TestApp;

#[tokio::test]
async fn a_member_who_cannot_see_the_daily_topic_sees_no_needs() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let appointment = scan(&ana, json!({})).await;
    let ride = add_need(&ana, &appointment, json!({ "kind": "driver" })).await;
    let grant = format!("/members/{}/topics", ben.member_id);
    ana.patch(&grant, json!({ "daily": "none" })).await.is(200);
    ben.get(&need_path(&ride))
        .await
        .is_problem(404, "not_found");
    need_act(&ben, &ride, "claim")
        .await
        .is_problem(404, "not_found");
    assert_eq!(ben.get("/needs").await.is(200)["data"], json!([]));
    let appointment = ben.get(&path_of(&appointment)).await.is(200);
    assert_eq!(appointment["needs"], json!([]));
    assert!(!appointment["actions"].to_string().contains("create_need"));
    let path = format!("{}/needs", path_of(&appointment));
    let refused = ben.post(&path, json!({ "kind": "companion" })).await;
    refused.is_problem(403, "forbidden");
}
