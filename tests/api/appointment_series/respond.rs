//! `POST /v1/circles/{circle_id}/appointment-series/{appointment_series_id}/attendees/{member_id}/respond`

use chrono::TimeDelta;
use kith::features::series::extend_series;
use serde_json::{Value, json};

use super::{dialysis, path_of};
use crate::harness::{Client, TestApp};

/// Responds to every appointment of a series.
async fn respond(by: &Client, series: &Value, response: &str) -> Value {
    let path = format!("{}/attendees/me/respond", path_of(series));
    let body = json!({ "response": response });
    by.post(&path, body).await.is(200)
}

/// Responds to a single appointment.
async fn respond_to_one(by: &Client, visit: &Value, response: &str) {
    let id = visit["id"].as_str().unwrap();
    let path = format!("/appointments/{id}/attendees/me/respond");
    let body = json!({ "response": response });
    by.post(&path, body).await.is(200);
}

/// The responses of the reader to the appointments of a series, the first date first.
async fn responses(by: &Client, series: &Value) -> Vec<String> {
    let id = series["id"].as_str().unwrap();
    let path = format!("/appointments?series_id={id}&state=scheduled&limit=200");
    let page = by.get(&path).await.is(200);
    let visits = page["data"].as_array().unwrap().iter();
    let response = |visit: &Value| visit["my_response"].as_str().unwrap_or("-").to_owned();
    visits.map(response).collect()
}

#[tokio::test]
async fn who_comes_every_tuesday_says_so_once_and_keeps_what_they_said_of_a_single_one() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let mut body = dialysis();
    body["attendee_member_ids"] = json!([ben.member_id]);
    let series = ana.visits(body).await;
    let visits = ben.visits_of(&series, "scheduled").await;
    respond_to_one(&ben, &visits[1], "declined").await;
    // An appointment that was changed by itself is one of them, too.
    let path = format!("/appointments/{}", visits[2]["id"].as_str().unwrap());
    ana.patch(&path, json!({ "location": "Ward 7" }))
        .await
        .is(200);
    let answered = respond(&ben, &series, "accepted").await;
    assert_eq!(answered["my_response"], "accepted");
    assert_eq!(answered["attendees"][0]["response"], "accepted");
    let mut expected = vec!["accepted"; 8];
    expected[1] = "declined";
    assert_eq!(responses(&ben, &series).await, expected);
    // The same again changes nothing.
    let again = respond(&ben, &series, "accepted").await;
    assert_eq!(again["version"], answered["version"]);

    app.advance(TimeDelta::days(14));
    extend_series(&app.app).await.unwrap();
    let ben = ben.later().await;
    let now = responses(&ben, &series).await;
    assert_eq!(now.len(), 10);
    assert_eq!(now[8..], ["accepted", "accepted"]);
}

#[tokio::test]
async fn who_declines_a_series_declines_what_is_to_come_and_one_email_says_so() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let mut body = dialysis();
    body["attendee_member_ids"] = json!([ben.member_id]);
    let series = ana.visits(body).await;
    respond(&ben, &series, "accepted").await;
    let visits = ben.visits_of(&series, "scheduled").await;
    respond_to_one(&ben, &visits[3], "tentative").await;
    app.advance(TimeDelta::minutes(1));
    app.mails().await;
    respond(&ben, &series, "declined").await;
    let mut expected = vec!["declined"; 8];
    expected[3] = "tentative";
    assert_eq!(responses(&ben, &series).await, expected);
    app.advance(TimeDelta::minutes(1));
    let mail = app.mail().await;
    assert_eq!(mail.to, ana.email);
    assert!(mail.text.contains("has declined"), "{}", mail.text);
}

#[tokio::test]
async fn a_member_whom_nobody_asked_comes_to_all_of_them() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let series = ana.visits(dialysis()).await;
    assert_eq!(responses(&ben, &series).await, ["-"; 8]);
    respond(&ben, &series, "tentative").await;
    assert_eq!(responses(&ben, &series).await, ["tentative"; 8]);
    respond(&ben, &series, "accepted").await;
    assert_eq!(responses(&ben, &series).await, ["accepted"; 8]);
}

#[tokio::test]
async fn another_time_of_the_series_asks_for_another_response() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let mut body = dialysis();
    body["attendee_member_ids"] = json!([ben.member_id]);
    for from_on in [None, Some("2026-12-22")] {
        let series = ana.visits(body.clone()).await;
        respond(&ben, &series, "accepted").await;
        let mut change = json!({ "starts_local": "2026-12-08T09:00" });
        if let Some(from_on) = from_on {
            change = json!({ "starts_local": format!("{from_on}T09:00"), "from_on": from_on });
        }
        let now = ana.change_visits(&series, change).await;
        let seen = ben.get(&path_of(&now)).await.is(200);
        assert_eq!(seen["my_response"], "no_response", "{from_on:?}");
        let responses = responses(&ben, &now).await;
        assert!(responses.iter().all(|response| response == "no_response"));
    }
}

#[tokio::test]
async fn the_contact_responds_for_a_member_without_an_account() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let rosa = json!({ "name": "Rosa", "access": "helper" });
    let rosa = ana.post("/members", rosa).await.is(201);
    let mut body = dialysis();
    body["topic"] = json!("daily");
    body["attendee_member_ids"] = json!([rosa["id"]]);
    let series = ana.visits(body).await;
    let path = format!(
        "{}/attendees/{}/respond",
        path_of(&series),
        rosa["id"].as_str().unwrap()
    );
    let yes = json!({ "response": "accepted" });
    ben.post(&path, yes.clone())
        .await
        .is_problem(403, "forbidden");
    let answered = ana.post(&path, yes).await.is(200);
    assert_eq!(answered["attendees"][0]["response"], "accepted");
    assert_eq!(answered["my_response"], Value::Null);
    let visits = ana.visits_of(&series, "scheduled").await;
    for visit in visits {
        assert_eq!(visit["attendees"][0]["response"], "accepted");
    }
}

#[tokio::test]
async fn nobody_responds_to_a_series_that_has_a_break() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let series = ana.visits(dialysis()).await;
    ana.visits_act(&series, "pause").await;
    let path = format!("{}/attendees/me/respond", path_of(&series));
    let body = json!({ "response": "accepted" });
    ben.post(&path, body)
        .await
        .is_problem(409, "invalid_transition");
}
