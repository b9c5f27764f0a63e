//! The language of emails: that of the account, then that of the circle, then English.

use chrono::TimeDelta;
use serde_json::json;

use super::offer_task;
use crate::appointments::{notification_mails, scan};
use crate::harness::{Mail, TestApp};

fn has_parts(mail: &Mail, tag: &str, parts: &[&str]) {
    for part in parts {
        assert!(mail.text.contains(part), "{part}: {}", mail.text);
        assert!(mail.html.contains(part), "{part}: {}", mail.html);
    }
    let html = format!("<html lang=\"{tag}\" dir=\"ltr\">");
    assert!(mail.html.contains(&html), "{}", mail.html);
}

#[tokio::test]
async fn notifications_are_in_the_language_of_the_member_or_else_of_the_circle() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let circle = ana.patch("", json!({ "locale": "es-MX" })).await.is(200);
    assert_eq!(circle["locale"], "es");
    ben.patch("/v1/me", json!({ "locale": "de" })).await.is(200);
    let task = json!({ "title": "Canary", "due_local": "2026-12-04T10:00" });
    for to in [&ben, &cem] {
        let task = ana.task(task.clone()).await;
        offer_task(&ana, &task, to).await;
    }
    let mails = notification_mails(&app).await;
    let [german, spanish] = &mails[..] else {
        panic!("{mails:#?}");
    };
    let parts = [
        "Hallo Ben Test,",
        "Du wirst gefragt, ob du etwas übernehmen kannst.",
        "Fr., 4. Dezember 2026, 10:00 Uhr",
        "Öffne deine App",
    ];
    has_parts(german, "de", &parts);
    let parts = [
        "Hola, Cem Test:",
        "Te preguntan si puedes encargarte de algo.",
        "vie 4 de diciembre de 2026, 10:00",
        "Abre tu aplicación",
    ];
    has_parts(spanish, "es", &parts);
    assert!(!spanish.text.contains("Canary"), "{}", spanish.text);
}

#[tokio::test]
async fn the_button_and_the_invitation_of_an_email_are_in_its_language() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    ben.patch("/v1/me", json!({ "locale": "de" })).await.is(200);
    scan(&ana, json!({ "attendee_member_ids": [ben.member_id] })).await;
    let mails = notification_mails(&app).await;
    let [mail] = &mails[..] else {
        panic!("{mails:#?}");
    };
    let answer = "Antworten, ohne dich anzumelden: https://kith.example/respond?token=";
    assert!(mail.text.contains(answer), "{}", mail.text);
    assert!(mail.link("respond").ends_with("&lang=de"), "{}", mail.text);
    assert!(mail.html.contains(">Antworten</a>"), "{}", mail.html);
    let event = mail.invitation.as_deref().unwrap().replace("\r\n ", "");
    assert!(event.contains("SUMMARY:Termin (Ana's circle)"), "{event}");
    assert!(event.contains("Bitte antworte in der E-Mail"), "{event}");
}

#[tokio::test]
async fn a_reminder_is_in_the_language_of_its_reader() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    ana.patch("/v1/me", json!({ "locale": "es" })).await.is(200);
    let task = json!({
        "title": "Canary", "due_local": "2026-12-04T10:00", "reminder_minutes": [1440],
    });
    let task = ana.task(task).await;
    ana.task_act(&task, "claim").await.is(200);
    app.mails().await;
    app.advance(TimeDelta::days(2) + TimeDelta::minutes(61));
    let mails = app.mails().await;
    let [mail] = &mails[..] else {
        panic!("{mails:#?}");
    };
    let parts = [
        "Se acerca algo en lo que participas en",
        "vie 4 de diciembre de 2026, 10:00",
        "Abre tu aplicación para ver qué es.",
    ];
    has_parts(mail, "es", &parts);
}

#[tokio::test]
async fn a_hebrew_name_is_isolated_and_nothing_around_it_moves() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    ben.patch("/members/me", json!({ "name": "רוזה" }))
        .await
        .is(200);
    let task = ana.task(json!({ "title": "Canary" })).await;
    offer_task(&ana, &task, &ben).await;
    let mails = notification_mails(&app).await;
    let [mail] = &mails[..] else {
        panic!("{mails:#?}");
    };
    has_parts(mail, "en", &["Hello \u{2068}רוזה\u{2069},"]);
}
