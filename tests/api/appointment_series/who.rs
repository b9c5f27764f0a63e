//! Who comes to the appointments of a series when members leave, and what stays single.

use serde_json::json;

use super::{dialysis, path_of};
use crate::harness::TestApp;

#[tokio::test]
async fn a_member_who_leaves_is_asked_no_more() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let mut body = dialysis();
    body["attendee_member_ids"] = json!([ana.member_id, ben.member_id]);
    let series = ana.visits(body).await;
    ana.post(&format!("/members/{}/remove", ben.member_id), json!({}))
        .await
        .is(200);
    let now = ana.get(&path_of(&series)).await.is(200);
    assert_eq!(now["attendees"].as_array().unwrap().len(), 1);
    assert_ne!(now["version"], series["version"]);
    let visits = ana.visits_of(&series, "scheduled").await;
    assert!(
        visits
            .iter()
            .all(|visit| visit["attendees"].as_array().unwrap().len() == 1)
    );
}

#[tokio::test]
async fn who_was_taken_off_one_appointment_is_not_asked_again_by_a_change_of_the_series() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let mut body = dialysis();
    body["attendee_member_ids"] = json!([ben.member_id]);
    let series = ana.visits(body).await;
    let visits = ana.visits_of(&series, "scheduled").await;
    let id = visits[0]["id"].as_str().unwrap();
    ana.delete(&format!("/appointments/{id}/attendees/{}", ben.member_id))
        .await
        .is(204);
    ana.change_visits(&series, json!({ "title": "Dialysis, left arm" }))
        .await;
    let now = ana.visits_of(&series, "scheduled").await;
    assert_eq!(now[0]["title"], "Dialysis, left arm");
    assert_eq!(now[0]["attendees"], json!([]));
    assert_eq!(now[1]["attendees"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn series_end_with_the_circle_that_is_kept_in_memory() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let series = ana.visits(dialysis()).await;
    ana.post("/mark-in-memory", json!({ "confirm": true }))
        .await
        .is(200);
    assert_eq!(ana.get(&path_of(&series)).await.is(200)["state"], "ended");
    assert!(ana.visits_of(&series, "scheduled").await.is_empty());
}

#[tokio::test]
async fn who_is_asked_in_a_break_comes_back_with_the_appointments() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let mut body = dialysis();
    body["attendee_member_ids"] = json!([ben.member_id]);
    let series = ana.visits(body).await;
    let before = ana.visits_of(&series, "scheduled").await;
    ana.visits_act(&series, "pause").await;
    ana.change_visits(&series, json!({ "attendee_member_ids": [ana.member_id] }))
        .await;
    ana.visits_act(&series, "resume").await;
    let now = ana.visits_of(&series, "scheduled").await;
    assert_eq!(now.len(), before.len());
    for visit in now {
        let attendees = visit["attendees"].as_array().unwrap();
        assert_eq!(attendees.len(), 1, "{visit}");
        assert_eq!(attendees[0]["member_id"], json!(ana.member_id));
        assert_eq!(attendees[0]["response"], "accepted");
    }
}
