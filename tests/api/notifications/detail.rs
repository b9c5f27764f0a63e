//! How much emails say of what they are about. Each text of the appointments here has the word
//! "canary".

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::appointments::{answer, notification_mails, scan};
use crate::harness::{Mail, Person, TestApp};

/// Sets how much the emails of a person say.
async fn choose(person: &Person, wish: Value) {
    person.patch("/notification-settings", wish).await.is(200);
}

/// The line of an email that says what the thing is.
fn what(mail: &Mail) -> Option<&str> {
    let mut lines = mail.text.lines().map(str::trim);
    lines.find_map(|line| line.strip_prefix("What: "))
}

fn has_canary(mail: &Mail) -> bool {
    let whole = format!("{} {} {}", mail.headers, mail.text, mail.html);
    whole.to_lowercase().contains("canary")
}

#[tokio::test]
async fn an_email_says_what_its_reader_chose_and_the_patient_allows() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "patient"]).await;
    let settings = ben.get("/notification-settings").await.is(200);
    assert_eq!(settings["detail"], "nothing");
    assert_eq!(settings["health_too"], false);
    let forbid = |forbidden: bool| {
        let body = json!({ "forbidden": forbidden });
        let request = cem.request(&Method::PUT, "/email-details", Some(&body));
        app.send(request)
    };
    for (wish, forbidden, expected) in [
        (json!({}), false, None),
        // A scan is about health.
        (json!({ "detail": "kind" }), false, None),
        (json!({ "detail": "title" }), false, None),
        (
            json!({ "detail": "kind", "health_too": true }),
            false,
            Some("an appointment"),
        ),
        (
            json!({ "detail": "title" }),
            false,
            Some("Canary scan (Canary ward)"),
        ),
        (json!({}), true, None),
        (json!({}), false, Some("Canary scan (Canary ward)")),
        (json!({ "detail": "nothing" }), false, None),
    ] {
        choose(&ben, wish.clone()).await;
        forbid(forbidden).await.is(200);
        scan(&ana, json!({ "attendee_member_ids": [ben.member_id] })).await;
        let mails = notification_mails(&app).await;
        let of_ben = mails.iter().find(|mail| mail.to == ben.email).unwrap();
        assert_eq!(what(of_ben), expected, "{wish} {forbidden}");
        let says_title = expected.is_some_and(|what| what.contains("Canary"));
        assert_eq!(has_canary(of_ben), says_title, "{wish} {forbidden}");
        let subject = of_ben.header("Subject").to_lowercase();
        assert!(!subject.contains("canary"), "{subject}");
        // What others chose does not count.
        for other in mails.iter().filter(|mail| mail.to != ben.email) {
            assert!(!has_canary(other), "{other:#?}");
        }
    }
}

#[tokio::test]
async fn a_reminder_says_what_its_reader_chose() {
    for (wish, expected) in [
        (json!({}), None),
        (
            json!({ "detail": "title", "health_too": true }),
            Some("Canary scan (Canary ward)"),
        ),
    ] {
        let app = TestApp::start().await;
        let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
        choose(&ben, wish).await;
        let appointment = scan(&ana, json!({ "attendee_member_ids": [ben.member_id] })).await;
        answer(&ben, &appointment, "accepted").await.is(200);
        notification_mails(&app).await;
        app.advance(TimeDelta::hours(49));
        let mail = app.mail().await;
        assert_eq!(mail.to, ben.email);
        assert_eq!(what(&mail), expected);
        assert_eq!(has_canary(&mail), expected.is_some());
        assert!(!mail.header("Subject").to_lowercase().contains("canary"));
    }
}

#[tokio::test]
async fn who_is_taken_off_something_is_not_told_what_it_was() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    choose(&ben, json!({ "detail": "title", "health_too": true })).await;
    let appointment = scan(&ana, json!({ "attendee_member_ids": [ben.member_id] })).await;
    answer(&ben, &appointment, "accepted").await.is(200);
    notification_mails(&app).await;
    let none = json!({ "health": "none" });
    crate::appointments::grant(&ana, &ben, none).await;
    for mail in notification_mails(&app).await {
        assert!(!has_canary(&mail), "{mail:#?}");
    }
}

#[tokio::test]
async fn a_ride_is_named_without_its_appointment() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    choose(&ben, json!({ "detail": "title", "health_too": true })).await;
    let appointment = scan(&ana, json!({})).await;
    let ride = json!({ "kind": "driver", "pickup_location": "The station" });
    let ride = crate::needs::add_need(&ana, &appointment, ride).await;
    crate::needs::offer_need(&ana, &ride, &ben).await.is(200);
    let mails = notification_mails(&app).await;
    let of_ben = mails.iter().find(|mail| mail.to == ben.email).unwrap();
    assert_eq!(what(of_ben), Some("a ride (The station)"));
    assert!(!has_canary(of_ben), "{of_ben:#?}");
}

#[tokio::test]
async fn a_contact_is_told_only_what_they_see_for_themselves() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    choose(&ben, json!({ "detail": "title" })).await;
    let rosa = json!({ "name": "Rosa", "access": "helper" });
    let rosa = ana.post("/members", rosa).await.is(201);
    let path = format!("/members/{}", rosa["id"].as_str().unwrap());
    let contact = json!({ "contact_member_id": ben.member_id });
    ana.patch(&path, contact).await.is(200);
    let family = json!({ "family": "read" });
    ana.patch(&format!("{path}/topics"), family.clone())
        .await
        .is(200);
    notification_mails(&app).await;
    for sees_it in [false, true] {
        if sees_it {
            crate::appointments::grant(&ana, &ben, family.clone()).await;
        }
        let task = ana
            .task(json!({ "title": "Canary", "topic": "family" }))
            .await;
        let offer = format!("/tasks/{}/offer", task["id"].as_str().unwrap());
        let to_her = json!({ "member_id": rosa["id"] });
        ana.post(&offer, to_her).await.is(200);
        let mails = notification_mails(&app).await;
        let of_ben = mails.iter().find(|mail| mail.to == ben.email).unwrap();
        assert_eq!(what(of_ben), sees_it.then_some("Canary"));
        assert_eq!(has_canary(of_ben), sees_it);
    }
}

#[tokio::test]
async fn an_email_says_it_in_the_language_of_its_reader() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let appointment = scan(&ana, json!({})).await;
    for (person, locale) in [(&ben, "es"), (&cem, "de")] {
        choose(person, json!({ "detail": "title" })).await;
        let locale = json!({ "locale": locale });
        person.patch("/v1/me", locale).await.is(200);
        let ride = json!({ "kind": "driver", "pickup_location": "Haus 5" });
        let ride = crate::needs::add_need(&ana, &appointment, ride).await;
        crate::needs::offer_need(&ana, &ride, person).await.is(200);
    }
    let mails = notification_mails(&app).await;
    for (person, line) in [
        (&ben, "Qué: un trayecto en coche (Haus 5)"),
        (&cem, "Was: eine Fahrt (Haus 5)"),
    ] {
        let mail = mails.iter().find(|mail| mail.to == person.email).unwrap();
        assert!(mail.text.contains(line), "{}", mail.text);
        assert!(mail.html.contains(line), "{}", mail.html);
    }
}
