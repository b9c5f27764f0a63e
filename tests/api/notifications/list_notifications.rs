//! `GET /v1/me/notifications`

use chrono::TimeDelta;
use serde_json::json;

use super::{due, invite, move_task, offer_task, shown, unread};
use crate::appointments::{notification_mails, scan};
use crate::harness::TestApp;

#[tokio::test]
async fn what_is_emailed_is_shown_in_the_app_with_its_title() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let task = ana.task(due("2026-12-05T12:00")).await;
    offer_task(&ana, &task, &ben).await;
    ben.task_act(&task, "accept").await.is(200);
    app.advance(TimeDelta::minutes(1));
    move_task(&ana, &task, "2026-12-06T12:00").await;
    let page = ben.get("/v1/me/notifications").await.is(200);
    let newest = &page["data"][0];
    assert_eq!(newest["kind"], "rescheduled");
    assert_eq!(newest["text"], "Something has moved.");
    assert_eq!(newest["title"], "Canary");
    assert_eq!(newest["subject_type"], "task");
    assert_eq!(newest["subject_id"], task["id"]);
    assert_eq!(newest["circle_id"].as_str(), Some(ben.circle_id()));
    assert_eq!(newest["actor_name"], "Ana Test");
    assert_eq!(newest["was_at"], task["due_at"]);
    assert_eq!(newest["on_behalf_of_member_id"], json!(null));
    assert_eq!(newest["read_at"], json!(null));
    // Nobody is told of what they did themselves.
    assert!(shown(&ana, "").await.is_empty());
}

#[tokio::test]
async fn the_app_tells_in_the_language_of_the_account_that_reads() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let task = ana.task(due("2026-12-05T12:00")).await;
    offer_task(&ana, &task, &ben).await;
    ana.task_soon(&ben).await;
    app.advance(TimeDelta::minutes(31));
    app.mails().await;
    let ben = ben.later().await;
    // Until the account chooses, that of the circle counts.
    let german = json!({ "locale": "de" });
    ana.later().await.patch("", german).await.is(200);
    let page = ben.get("/v1/me/notifications").await.is(200);
    let newest = &page["data"][0]["text"];
    assert_eq!(newest, "Etwas steht an, bei dem du dabei bist.");
    for (language, asked, reminded) in [
        (
            "en",
            "You are asked whether you can take something on.",
            "Something that you take part in is coming up.",
        ),
        (
            "es",
            "Te preguntan si puedes encargarte de algo.",
            "Se acerca algo en lo que participas.",
        ),
        (
            "de",
            "Du wirst gefragt, ob du etwas übernehmen kannst.",
            "Etwas steht an, bei dem du dabei bist.",
        ),
    ] {
        let locale = json!({ "locale": language });
        ben.patch("/v1/me", locale).await.is(200);
        let page = ben.get("/v1/me/notifications").await.is(200);
        let texts: Vec<&str> = page["data"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|row| row["text"].as_str())
            .collect();
        assert!(texts.contains(&asked), "{language}: {texts:?}");
        assert!(texts.contains(&reminded), "{language}: {texts:?}");
    }
}

#[tokio::test]
async fn what_waits_for_the_end_of_quiet_hours_is_shown_at_once() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let quiet = json!({ "quiet_from": "09:00", "quiet_until": "11:00" });
    ben.patch("/v1/me", quiet).await.is(200);
    let task = ana.task(due("2026-12-05T12:00")).await;
    offer_task(&ana, &task, &ben).await;
    assert!(notification_mails(&app).await.is_empty());
    assert_eq!(shown(&ben, "").await, ["offered Canary"]);
    assert_eq!(unread(&ben).await, 1);
}

#[tokio::test]
async fn a_member_without_emails_is_shown_what_others_are_mailed() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "helper"]).await;
    let off = json!({ "assignments": "off", "reminders": "off" });
    ben.patch("/notification-settings", off).await.is(200);
    let today = json!({ "from_on": "2026-12-01", "until_on": "2026-12-01", "on_affected": "keep" });
    cem.post("/absences", today).await.is(201);
    let task = ana.task(due("2026-12-05T12:00")).await;
    for person in [&ben, &cem] {
        offer_task(&ana, &task, person).await;
    }
    assert!(notification_mails(&app).await.is_empty());
    for person in [&ben, &cem] {
        assert_eq!(shown(person, "").await, ["offered Canary"]);
        assert_eq!(unread(person).await, 1);
    }
}

#[tokio::test]
async fn a_reminder_that_fires_is_shown_even_if_its_email_is_off() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let off = json!({ "reminders": "off" });
    ben.patch("/notification-settings", off).await.is(200);
    ana.task_soon(&ben).await;
    app.advance(TimeDelta::minutes(31));
    assert!(app.mails().await.is_empty());
    let ben = ben.later().await;
    assert_eq!(shown(&ben, "").await, ["task_due Drive"]);
    assert_eq!(unread(&ben).await, 1);
}

#[tokio::test]
async fn a_coordinator_without_emails_is_shown_what_still_needs_somebody() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    ana.task(due("2026-12-03T12:00")).await;
    ana.patch("/notification-settings", json!({ "gaps": "off" }))
        .await
        .is(200);
    // Two days before, and a little more.
    app.advance(TimeDelta::hours(4));
    app.mails().await;
    let (ana, ben) = (ana.later().await, ben.later().await);
    assert_eq!(shown(&ana, "").await, ["uncovered Canary"]);
    // The email goes to those who could do it.
    assert_eq!(shown(&ben, "").await, ["uncovered Canary"]);
}

#[tokio::test]
async fn what_the_reader_does_not_see_any_more_is_not_shown() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let visit = scan(
        &ana,
        json!({ "topic": "health", "without_attendees": true }),
    )
    .await;
    invite(&ana, &visit, &ben).await;
    assert!(!shown(&ben, "").await.is_empty());
    let path = format!("/members/{}/topics", ben.member_id);
    ana.patch(&path, json!({ "health": "none" })).await.is(200);
    let page = ben.get("/v1/me/notifications").await.is(200);
    for row in page["data"].as_array().unwrap() {
        let kind = row["kind"].as_str().unwrap();
        assert!(["removed", "offer_withdrawn"].contains(&kind), "{row}");
        for hidden in [
            "title",
            "subject_type",
            "subject_id",
            "subject_kind",
            "actor_member_id",
            "actor_name",
        ] {
            assert_eq!(row[hidden], json!(null), "{hidden}");
        }
    }
    let rows = page["data"].as_array().unwrap().len();
    assert_eq!(unread(&ben).await, rows);
}

#[tokio::test]
async fn the_contact_of_a_member_without_an_account_is_shown_what_they_are_told() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "coordinator"]).await;
    let rosa = json!({ "name": "Rosa", "access": "helper" });
    let rosa = ana.post("/members", rosa).await.is(201);
    let task = ben.task(due("2026-12-05T12:00")).await;
    let offer = format!("/tasks/{}/offer", task["id"].as_str().unwrap());
    let to_her = json!({ "member_id": rosa["id"] });
    ben.post(&offer, to_her).await.is(200);
    let page = ana.get("/v1/me/notifications").await.is(200);
    assert_eq!(page["data"][0]["kind"], "offered");
    assert_eq!(page["data"][0]["on_behalf_of_member_id"], rosa["id"]);
    assert_eq!(page["data"][0]["on_behalf_of_name"], "Rosa");
    assert!(shown(&ben, "").await.is_empty());
}

#[tokio::test]
async fn pages_go_through_all_circles_and_one_circle_can_be_chosen() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    for title in ["One", "Two", "Three"] {
        let task = ana.task(json!({ "title": title })).await;
        offer_task(&ana, &task, &ben).await;
        app.advance(TimeDelta::seconds(1));
    }
    let first = ben.get("/v1/me/notifications?limit=2").await.is(200);
    assert_eq!(first["data"][0]["title"], "Three");
    assert_eq!(first["data"][1]["title"], "Two");
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = shown(&ben, &format!("?limit=2&cursor={cursor}")).await;
    assert_eq!(rest, ["offered One"]);
    let here = format!("?circle_id={}", ben.circle_id());
    assert_eq!(shown(&ben, &here).await.len(), 3);
    let elsewhere = format!("?circle_id={}", uuid::Uuid::nil());
    assert!(shown(&ben, &elsewhere).await.is_empty());
}
