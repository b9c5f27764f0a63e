//! `POST /v1/circles/{circle_id}/appointments`

use axum::http::Method;
use serde_json::json;

use super::{answer, path_of, scan};
use crate::harness::TestApp;

#[tokio::test]
async fn an_appointment_needs_a_title_and_a_start_or_a_day() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let at = "2027-01-02T10:00";
    for (body, errors) in [
        (json!({ "starts_local": at }), vec!["/title missing"]),
        (json!({ "title": "a" }), vec!["/starts_local missing"]),
        (
            json!({ "title": "a", "starts_local": at, "starts_on": "2027-01-02" }),
            vec!["/starts_on day_and_time"],
        ),
        (
            json!({ "title": "a", "starts_local": at, "ends_local": "2027-01-02T09:59" }),
            vec!["/ends_local before_start"],
        ),
        (
            json!({ "title": "a", "starts_on": "2027-01-02", "ends_local": at }),
            vec!["/ends_local end_without_start"],
        ),
    ] {
        let refused = ana.post("/appointments", body).await;
        assert_eq!(refused.is_invalid(), errors);
    }
    let body = json!({ "title": "Blood count", "starts_on": "2027-01-02" });
    let day = ana.post("/appointments", body).await.is(201);
    assert_eq!(
        (&day["kind"], &day["topic"], &day["state"]),
        (&json!("other"), &json!("health"), &json!("scheduled"))
    );
    assert_eq!(
        (&day["starts_at"], &day["time_zone"], &day["my_answer"]),
        (&json!(null), &json!(null), &json!("accepted"))
    );
    assert_eq!(day["reminder_minutes"], json!([1440, 120]));
}

#[tokio::test]
async fn a_wall_time_keeps_its_zone_and_shows_its_instant() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    for (local, zone, at) in [
        (
            "2027-01-02T10:00",
            "Europe/Berlin",
            "2027-01-02T09:00:00.000Z",
        ),
        (
            "2027-01-02T10:00",
            "America/New_York",
            "2027-01-02T15:00:00.000Z",
        ),
        // The clocks skip 02:30 one night, and show it twice another.
        (
            "2027-03-28T02:30",
            "Europe/Berlin",
            "2027-03-28T01:30:00.000Z",
        ),
        (
            "2027-10-31T02:30",
            "Europe/Berlin",
            "2027-10-31T00:30:00.000Z",
        ),
    ] {
        let body = json!({ "title": "a", "starts_local": local, "time_zone": zone });
        let held = ana.post("/appointments", body).await.is(201);
        assert_eq!(
            (
                &held["starts_local"],
                &held["time_zone"],
                &held["starts_at"]
            ),
            (&json!(local), &json!(zone), &json!(at))
        );
    }
    let body = json!({ "title": "a", "starts_local": "2027-01-02T10:00" });
    let held = ana.post("/appointments", body).await.is(201);
    assert_eq!(held["time_zone"], "Europe/Berlin");
}

#[tokio::test]
async fn the_topic_follows_from_the_kind_unless_it_is_given() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let mut topics = String::new();
    for kind in [
        "medical",
        "treatment",
        "scan",
        "palliative",
        "therapy",
        "counselling",
        "support_group",
        "family_meeting",
        "home_visit",
        "other",
    ] {
        let held = scan(&ana, json!({ "kind": kind })).await;
        topics.extend([kind, " ", held["topic"].as_str().unwrap(), "\n"]);
    }
    insta::assert_snapshot!(topics, @r"
    medical health
    treatment health
    scan health
    palliative health
    therapy health
    counselling family
    support_group family
    family_meeting family
    home_visit health
    other health
    ");
    let held = scan(&ana, json!({ "topic": "daily" })).await;
    assert_eq!(held["topic"], "daily");
    let body = json!({ "title": "a", "starts_on": "2027-01-02", "topic": "decisions" });
    let refused = ana.post("/appointments", body).await;
    assert_eq!(refused.is_invalid(), ["/topic topic_not_granted"]);
    let decisions = json!({ "topic": "decisions" });
    let refused = ana.patch(&path_of(&held), decisions).await;
    assert_eq!(refused.is_invalid(), ["/topic topic_not_granted"]);
}

#[tokio::test]
async fn an_appointment_is_created_under_a_chosen_id_and_changed_in_the_version_that_was_seen() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let id = "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c50";
    let body = json!({ "id": id, "title": "a", "starts_on": "2027-01-02" });
    ana.post("/appointments", body.clone()).await.is(201);
    let again = ana.post("/appointments", body.clone()).await;
    let etag = again.header("etag").to_owned();
    let held = again.is(200);
    let taken = ben.post("/appointments", body).await;
    taken.is_problem(409, "id_taken");
    answer(&ben, &held, "accepted").await.is(200);
    let cancel = format!("{}/cancel", path_of(&held));
    let late = ana
        .with(("if-match", &etag), &Method::POST, &cancel, None)
        .await;
    late.is_problem(412, "stale");
}
