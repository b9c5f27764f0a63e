//! `POST /v1/circles/{circle_id}/tasks/{task_id}/offer`

use serde_json::json;

use crate::harness::TestApp;

#[tokio::test]
async fn the_member_who_was_asked_accepts_or_declines_an_offer() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let task = ana.task(json!({ "title": "Cook" })).await;
    let path = format!("/tasks/{}/offer", task["id"].as_str().unwrap());
    for person in [&ben, &cem] {
        let offer = json!({ "member_id": person.member_id });
        ana.post(&path, offer).await.is(200);
    }
    let declined = cem.task_act(&task, "decline").await.is(200);
    assert_eq!(declined["my_assignment"], "declined");
    let accepted = ben.task_act(&task, "accept").await.is(200);
    assert_eq!(
        (&accepted["my_assignment"], &accepted["coverage"]),
        (&json!("accepted"), &json!("full"))
    );
    let again = ben.task_act(&task, "accept").await.is(200);
    assert_eq!(again["version"], accepted["version"]);
    let open = ben.task_act(&task, "release").await.is(200);
    assert_eq!(open["coverage"], "none");
}
