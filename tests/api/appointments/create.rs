//! `POST /v1/circles/{circle_id}/appointments`

use axum::http::Method;
use serde_json::json;
use uuid::Uuid;

use super::{answer, path_of, scan};
use crate::harness::TestApp;

#[tokio::test]
async fn an_appointment_needs_a_title_and_a_start_or_a_day() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let at = "2027-01-02T10:00";
    for (body, errors) in [
        (json!({ "starts_local": at }), vec!["/title required"]),
        (json!({ "title": "a" }), vec!["/starts_local required"]),
        (
            json!({ "title": "a", "starts_local": at, "starts_on": "2027-01-02" }),
            vec!["/starts_on date_and_time"],
        ),
        (
            json!({ "title": "a", "starts_local": at, "ends_local": "2027-01-02T09:59" }),
            vec!["/ends_local start_after_end"],
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
        (&day["starts_at"], &day["time_zone"], &day["my_response"]),
        (&json!(null), &json!(null), &json!("accepted"))
    );
    assert_eq!(day["reminder_minutes"], json!([1440, 120]));
}

#[tokio::test]
async fn a_local_time_keeps_its_time_zone_and_shows_its_instant() {
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
        // In March the clocks skip 02:30. In October they show it twice.
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
        let appointment = ana.post("/appointments", body).await.is(201);
        assert_eq!(
            (
                &appointment["starts_local"],
                &appointment["time_zone"],
                &appointment["starts_at"]
            ),
            (&json!(local), &json!(zone), &json!(at))
        );
    }
    let body = json!({ "title": "a", "starts_local": "2027-01-02T10:00" });
    let appointment = ana.post("/appointments", body).await.is(201);
    assert_eq!(appointment["time_zone"], "Europe/Berlin");
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
        "counseling",
        "support_group",
        "family_meeting",
        "home_visit",
        "other",
    ] {
        let appointment = scan(&ana, json!({ "kind": kind })).await;
        topics.extend([kind, " ", appointment["topic"].as_str().unwrap(), "\n"]);
    }
    insta::assert_snapshot!(topics, @r"
    medical health
    treatment health
    scan health
    palliative health
    therapy health
    counseling family
    support_group family
    family_meeting family
    home_visit health
    other health
    ");
    let appointment = scan(&ana, json!({ "topic": "daily" })).await;
    assert_eq!(appointment["topic"], "daily");
    let body = json!({ "title": "a", "starts_on": "2027-01-02", "topic": "decisions" });
    let refused = ana.post("/appointments", body).await;
    assert_eq!(refused.is_invalid(), ["/topic topic_not_visible"]);
    // Who else does not see the topic is not told.
    let with_others = json!({
        "title": "a", "starts_on": "2027-01-02", "topic": "decisions",
        "attendee_member_ids": [ana.member_id, Uuid::now_v7()],
    });
    let refused = ana.post("/appointments", with_others).await;
    assert_eq!(refused.is_invalid(), ["/topic topic_not_visible"]);
    let decisions = json!({ "topic": "decisions" });
    let refused = ana.patch(&path_of(&appointment), decisions).await;
    assert_eq!(refused.is_invalid(), ["/topic topic_not_visible"]);
}

#[tokio::test]
async fn an_appointment_accepts_a_chosen_id_and_refuses_an_outdated_version() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let id = "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c50";
    let body = json!({ "id": id, "title": "a", "starts_on": "2027-01-02" });
    ana.post("/appointments", body.clone()).await.is(201);
    let again = ana.post("/appointments", body.clone()).await;
    let etag = again.header("etag").to_owned();
    let appointment = again.is(200);
    let taken = ben.post("/appointments", body).await;
    taken.is_problem(409, "id_taken");
    answer(&ben, &appointment, "accepted").await.is(200);
    let cancel = format!("{}/cancel", path_of(&appointment));
    let late = ana
        .with(("if-match", &etag), &Method::POST, &cancel, None)
        .await;
    late.is_problem(412, "version_mismatch");
}

#[tokio::test]
async fn the_answer_lists_the_attendees_in_the_order_in_which_they_are_read() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "caregiver"]).await;
    let all = [&ana, &ben, &cem].map(|person| person.member_id.clone());
    for day in 1..=9 {
        let day = format!("2027-01-0{day}");
        let first = json!({
            "title": "Visit", "starts_on": day, "attendee_member_ids": all[..2]
        });
        let made = ana.post("/appointments", first).await.is(201);
        let path = format!("/appointments/{}", made["id"].as_str().unwrap());
        let read = ana.get(&path).await.is(200);
        assert_eq!(made["attendees"], read["attendees"]);
        let more = json!({ "member_ids": all });
        let more = ana.post(&format!("{path}/attendees"), more).await.is(200);
        let read = ana.get(&path).await.is(200);
        assert_eq!(more["attendees"], read["attendees"]);
    }
}
