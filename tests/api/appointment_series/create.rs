//! `POST /v1/circles/{circle_id}/appointment-series`

use chrono::TimeDelta;
use serde_json::json;

use super::{dialysis, path_of, starts};
use crate::harness::TestApp;

#[tokio::test]
async fn a_series_has_an_appointment_on_each_of_its_dates_for_sixty_days() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let mut body = dialysis();
    body["location"] = json!("Hill Street Clinic");
    body["attendee_member_ids"] = json!([ana.member_id, ben.member_id]);
    let series = ana.visits(body).await;
    assert_eq!(series["recurrence"], "FREQ=WEEKLY;BYDAY=TU");
    assert_eq!(series["topic"], "health");
    assert_eq!(series["attendees"].as_array().unwrap().len(), 2);
    let visits = ana.visits_of(&series, "scheduled").await;
    assert_eq!(visits.len(), 8);
    let first = &visits[0];
    assert_eq!(first["starts_at"], "2026-12-08T07:00:00.000Z");
    assert_eq!(first["ends_local"], "2026-12-08T12:30");
    assert_eq!(first["original_on"], "2026-12-08");
    assert_eq!(first["is_exception"], false);
    assert_eq!(first["location"], "Hill Street Clinic");
    assert_eq!(first["kind"], "treatment");
    let mine = visits.iter().map(|visit| &visit["my_response"]);
    assert!(mine.clone().all(|response| response == "accepted"));
    let of_ben = ben.visits_of(&series, "scheduled").await;
    assert!(
        of_ben
            .iter()
            .all(|visit| visit["my_response"] == "no_response")
    );
    let reminders = format!("/appointments/{}/reminders", first["id"].as_str().unwrap());
    let planned = ana.get(&reminders).await.is(200);
    assert_eq!(planned["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn days_of_several_days_repeat_as_long() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let body = json!({
        "title": "Chemotherapy in the clinic", "starts_on": "2026-12-07", "ends_on": "2026-12-09",
        "recurrence": "FREQ=WEEKLY;INTERVAL=3",
    });
    let series = ana.visits(body).await;
    let visits = ana.visits_of(&series, "scheduled").await;
    let days: Vec<_> = visits
        .iter()
        .map(|visit| (&visit["starts_on"], &visit["ends_on"]))
        .collect();
    assert_eq!(
        days,
        [
            (&json!("2026-12-07"), &json!("2026-12-09")),
            (&json!("2026-12-28"), &json!("2026-12-30")),
            (&json!("2027-01-18"), &json!("2027-01-20")),
        ]
    );
}

#[tokio::test]
async fn another_zone_of_the_circle_moves_the_reminders_of_days_to_come() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let body = json!({
        "title": "Infusion", "starts_on": "2026-12-08", "recurrence": "FREQ=WEEKLY",
        "reminder_minutes": [0],
    });
    let series = ana.visits(body).await;
    let timed = ana.visits(dialysis()).await;
    ana.patch("", json!({ "time_zone": "America/New_York" }))
        .await
        .is(200);
    let visits = ana.visits_of(&series, "scheduled").await;
    let path = format!(
        "/appointments/{}/reminders",
        visits[0]["id"].as_str().unwrap()
    );
    let planned = ana.get(&path).await.is(200)["data"].clone();
    assert_eq!(
        planned[0]["fire_at"], "2026-12-08T14:00:00.000Z",
        "{planned}"
    );
    let timed = ana.visits_of(&timed, "scheduled").await;
    assert_eq!(timed[0]["starts_at"], "2026-12-08T07:00:00.000Z");
}

#[tokio::test]
async fn everybody_is_told_once_of_a_new_series() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let mut body = dialysis();
    body["attendee_member_ids"] = json!([ben.member_id]);
    ana.visits(body).await;
    app.advance(TimeDelta::minutes(1));
    app.run_jobs().await;
    let mails = app.mails().await;
    assert_eq!(mails.len(), 1, "one email to Ben about all of it");
}

#[tokio::test]
async fn a_series_that_cannot_be_is_refused_with_the_reason() {
    let app = TestApp::start().await;
    let [ana, _ben, cem] = app.circle(["coordinator", "caregiver", "helper"]).await;
    let with = |field: &str, value: serde_json::Value| {
        let mut body = dialysis();
        body[field] = value;
        body
    };
    let post = async |body| ana.post("/appointment-series", body).await;
    let wednesday = post(with("recurrence", json!("FREQ=WEEKLY;BYDAY=WE"))).await;
    assert_eq!(wednesday.is_invalid(), ["/recurrence first_not_in_series"]);
    let hidden = post(with("attendee_member_ids", json!([cem.member_id]))).await;
    assert_eq!(
        hidden.is_invalid(),
        ["/attendee_member_ids/0 member_cannot_take_part"]
    );
    let early = json!([{ "kind": "driver", "ends_local": "2026-12-08T07:00" }]);
    let early = post(with("needs", early)).await;
    assert_eq!(early.is_invalid(), ["/needs/0/ends_local start_after_end"]);
    cem.post("/appointment-series", dialysis())
        .await
        .is_problem(403, "forbidden");
}

#[tokio::test]
async fn a_series_of_a_hidden_topic_does_not_exist_for_a_helper() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let series = ana.visits(dialysis()).await;
    ben.get(&path_of(&series))
        .await
        .is_problem(404, "not_found");
    let page = ben.get("/appointment-series").await.is(200);
    assert_eq!(page["data"], json!([]));
}

#[tokio::test]
async fn the_hours_on_the_wall_stay_when_the_clocks_change() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    app.advance(TimeDelta::days(60));
    let ana = ana.later().await;
    let mut body = dialysis();
    body["starts_local"] = json!("2027-03-23T08:00");
    body["ends_local"] = json!("2027-03-23T12:30");
    body["recurrence"] = json!("FREQ=WEEKLY;COUNT=2");
    let series = ana.post("/appointment-series", body).await.is(201);
    let id = series["id"].as_str().unwrap();
    let page = ana
        .get(&format!("/appointments?series_id={id}"))
        .await
        .is(200);
    let visits = page["data"].as_array().unwrap();
    assert_eq!(starts(visits), ["2027-03-23T08:00", "2027-03-30T08:00"]);
    assert_eq!(visits[0]["starts_at"], "2027-03-23T07:00:00.000Z");
    assert_eq!(visits[1]["starts_at"], "2027-03-30T06:00:00.000Z");
}
