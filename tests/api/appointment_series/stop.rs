//! `pause`, `resume` and `end` of a series.

use chrono::TimeDelta;
use serde_json::json;

use super::{dialysis, path_of};
use crate::harness::TestApp;

#[tokio::test]
async fn a_paused_series_has_no_appointments_until_it_is_resumed() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let mut body = dialysis();
    body["attendee_member_ids"] = json!([ben.member_id]);
    body["needs"] = json!([{ "kind": "driver" }]);
    let series = ana.visits(body).await;
    let visits = ana.visits_of(&series, "scheduled").await;
    let first = visits[0]["id"].as_str().unwrap();
    let question = json!({ "text": "How much fluid?", "appointment_id": first });
    let question = ana.post("/questions", question).await.is(201);
    let question = format!("/questions/{}", question["id"].as_str().unwrap());
    assert_eq!(ana.get(&question).await.is(200)["state"], "planned");
    app.advance(TimeDelta::minutes(1));
    app.run_jobs().await;
    app.mails().await;

    let paused = ana.visits_act(&series, "pause").await;
    assert_eq!(paused["state"], "paused");
    assert!(ana.visits_of(&series, "scheduled").await.is_empty());
    assert_eq!(ana.visits_of(&series, "canceled").await.len(), 8);
    let after = ana.get(&question).await.is(200);
    assert_eq!(
        (&after["state"], &after["carried_over"]),
        (&json!("draft"), &json!(true))
    );
    let needs = ana.get("/needs?state=on_hold&limit=200").await.is(200);
    assert_eq!(needs["data"].as_array().unwrap().len(), 8);
    app.advance(TimeDelta::minutes(1));
    app.run_jobs().await;
    assert_eq!(
        app.mails().await.len(),
        1,
        "one email to Ben about all of it"
    );

    ana.visits_act(&series, "resume").await;
    let again = ana.visits_of(&series, "scheduled").await;
    assert_eq!(again.len(), 8);
    assert_eq!(again[0]["id"], first);
    assert_eq!(again[0]["needs"][0]["state"], "open");
    let reminders = ana
        .get(&format!("/appointments/{first}/reminders"))
        .await
        .is(200);
    assert_eq!(reminders["data"][0]["state"], "planned");
}

#[tokio::test]
async fn an_ended_series_keeps_what_took_place_and_what_was_changed_by_itself() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let series = ana.visits(dialysis()).await;
    app.advance(TimeDelta::days(7) + TimeDelta::hours(5));
    let ana = ana.later().await;
    let path = |id: &serde_json::Value| format!("/appointments/{}", id.as_str().unwrap());
    let id = series["id"].as_str().unwrap();
    let page = ana
        .get(&format!("/appointments?series_id={id}&state=scheduled"))
        .await
        .is(200);
    let visits = page["data"].as_array().unwrap();
    ana.post(&format!("{}/complete", path(&visits[0]["id"])), json!({}))
        .await
        .is(200);
    let third = json!({ "starts_local": "2026-12-23T08:00" });
    let moved = ana
        .post(&format!("{}/reschedule", path(&visits[2]["id"])), third)
        .await
        .is(200);
    assert_eq!(moved["is_exception"], true);
    assert_eq!(moved["original_on"], "2026-12-22");
    let ended = ana.act(&format!("{}/end", path_of(&series))).await.is(200);
    assert_eq!(
        (&ended["state"], &ended["actions"]),
        (&json!("ended"), &json!([]))
    );
    let count = async |state: &str| {
        let page = ana
            .get(&format!("/appointments?series_id={id}&state={state}"))
            .await
            .is(200);
        page["data"].as_array().unwrap().len()
    };
    assert_eq!(count("scheduled").await, 1);
    assert_eq!(count("completed").await, 1);
    assert_eq!(count("canceled").await, 6);
    ana.act(&format!("{}/pause", path_of(&series)))
        .await
        .is_problem(409, "invalid_transition");
}
