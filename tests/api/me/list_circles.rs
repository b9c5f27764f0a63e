//! `GET /v1/me/circles`

use chrono::TimeDelta;
use serde_json::json;

use crate::harness::TestApp;

#[tokio::test]
async fn the_list_of_your_circles_counts_what_waits_in_each() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    app.advance(TimeDelta::seconds(1));
    let [mia] = app.circle_of(["coordinator"], ["Mia"]).await;
    let member = app.join(&mia, &ben, json!({ "access": "viewer" })).await;
    let task = ana.task(json!({ "title": "Cook" })).await;
    let offer = format!("/tasks/{}/offer", task["id"].as_str().unwrap());
    ana.post(&offer, json!({ "member_id": ben.member_id }))
        .await
        .is(200);
    let circles = ben.get("/v1/me/circles").await.is(200);
    let line = |at: usize| {
        let one = &circles["data"][at];
        (
            one["circle"]["id"].clone(),
            one["circle"]["my_member_id"].clone(),
            one["circle"]["my_access"].clone(),
            one["summary"]["waiting_for_you"].clone(),
        )
    };
    assert_eq!(
        line(0),
        (
            json!(ana.circle_id()),
            json!(ben.member_id),
            json!("helper"),
            json!(1)
        )
    );
    assert_eq!(
        line(1),
        (
            json!(mia.circle_id()),
            json!(member),
            json!("viewer"),
            json!(0)
        )
    );
}
