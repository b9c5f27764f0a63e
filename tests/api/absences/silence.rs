//! Members who are away get no emails but those about their account.

use chrono::TimeDelta;
use serde_json::json;

use super::{away, family};
use crate::appointments::notification_mails;
use crate::harness::TestApp;

#[tokio::test]
async fn a_member_who_is_away_is_neither_asked_nor_reminded() {
    let (app, [ana, ben, cem, _]) = family().await;
    let today = ana.task_soon(&ben).await;
    let days = json!({ "from_on": "2026-12-01", "until_on": "2026-12-01", "on_affected": "keep" });
    away(&ben, days).await;
    let task = ana.task(json!({ "title": "Shop" })).await;
    let offer = format!("/tasks/{}/offer", task["id"].as_str().unwrap());
    for person in [&ben, &cem] {
        let to = json!({ "member_id": person.member_id });
        ana.post(&offer, to).await.is(200);
    }
    app.advance(TimeDelta::seconds(30));
    let mails = notification_mails(&app).await;
    let to: Vec<_> = mails.iter().map(|mail| &mail.to).collect();
    assert_eq!(to, [&cem.email]);
    // The reminder of the task is due half an hour before.
    app.advance(TimeDelta::minutes(31));
    let mails = app.mails().await;
    assert!(mails.is_empty(), "{mails:#?}");
    assert_eq!(today["state"], "open");

    // On the next day they are told again.
    app.advance(TimeDelta::days(1));
    let ana = ana.later().await;
    let task = ana.post("/tasks", json!({ "title": "Cook" })).await.is(201);
    let offer = format!("/tasks/{}/offer", task["id"].as_str().unwrap());
    let to = json!({ "member_id": ben.member_id });
    ana.post(&offer, to).await.is(200);
    let mails = notification_mails(&app).await;
    let told = mails.iter().any(|mail| mail.to == ben.email);
    assert!(told, "{mails:#?}");
}

#[tokio::test]
async fn coordinators_who_are_all_away_are_told_who_asks_to_join() {
    let app = TestApp::start().await;
    let [ana, ben, _cem] = app
        .circle(["coordinator", "coordinator", "caregiver"])
        .await;
    app.mails().await;
    let guests = [app.person("Gio").await, app.person("Hana").await];
    let link = ana.post("/join-links", json!({ "access": "viewer" })).await;
    let link = link.is(201);
    let token = link["url"].as_str().unwrap().rsplit_once('=').unwrap().1;
    // While one of them is here, the other is left in peace.
    let told = [vec![&ben.email], vec![&ana.email, &ben.email]];
    for ((goes, guest), told) in [&ana, &ben].into_iter().zip(&guests).zip(told) {
        let today = json!({ "from_on": "2026-12-01", "until_on": "2026-12-01" });
        away(goes, today).await;
        let asked = json!({ "token": token });
        guest.post("/v1/join-requests", asked).await.is(201);
        let mails = notification_mails(&app).await;
        let to: Vec<_> = mails.iter().map(|mail| &mail.to).collect();
        assert_eq!(to, told);
    }
}
