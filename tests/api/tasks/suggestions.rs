//! Suggested tasks: who is told of them, whose count contains them, and what the helper is told.

use axum::http::Method;
use chrono::TimeDelta;
use kith::entity::personal_access_token::TokenScope::{
    AppointmentsRead, MessagesRead, RolesRead, TasksRead,
};
use serde_json::json;

use crate::appointments::{grant, notification_mails, recipients};
use crate::contract::matrix::make_token;
use crate::harness::{Client, TestApp};
use crate::notifications::says;

const SUGGESTED: &str = "- Somebody suggests a task. You can approve it.";

/// The number of suggestions that the caller can approve: in all circles, and in the first.
async fn to_approve(client: &Client) -> [i64; 2] {
    let summary = client.get("/v1/me/summary").await.is(200);
    let circles = client.get("/v1/me/circles").await.is(200);
    let counts = [&summary, &circles["data"][0]["summary"]];
    counts.map(|counts| counts["tasks_to_approve"].as_i64().unwrap())
}

#[tokio::test]
async fn members_who_can_approve_a_suggestion_are_told_of_it() {
    let app = TestApp::start().await;
    let [ana, ben, cem, _dora, _eli, finn, _gio, hana] = app
        .circle([
            "coordinator",
            "caregiver",
            "helper",
            "helper",
            "patient",
            "caregiver",
            "viewer",
            "coordinator",
        ])
        .await;
    // Finn can only read the topic of the task, and Hana has switched announcements off.
    grant(&ana, &finn, json!({ "daily": "read" })).await;
    let off = json!({ "announcements": "off" });
    hana.patch("/notification-settings", off).await.is(200);
    notification_mails(&app).await;
    let walk = json!({ "title": "Canary", "due_on": "2026-12-05" });
    let task = cem.task(walk).await;
    assert_eq!(task["state"], "proposed");
    let told = notification_mails(&app).await;
    assert_eq!(recipients(&told), ["ana", "ben", "eli"]);
    for mail in &told {
        assert_eq!(says(mail), [SUGGESTED, "When: Sat 5 December 2026"]);
        let whole = format!("{} {} {}", mail.headers, mail.text, mail.html);
        assert!(!whole.contains("Canary"), "{whole}");
    }
    // A task of a member who can create tasks is no suggestion.
    ben.task(json!({ "title": "Canary" })).await;
    assert_eq!(notification_mails(&app).await.len(), 0);
}

#[tokio::test]
async fn the_author_of_a_suggestion_is_told_whether_it_was_approved() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let approved = "- Something you suggested was approved.";
    let not_approved = "- Something you suggested was not approved.";
    for (verb, line) in [("approve", approved), ("cancel", not_approved)] {
        let task = ben.task(json!({ "title": "A walk" })).await;
        assert_eq!(
            recipients(&notification_mails(&app).await),
            ["ana"],
            "{verb}"
        );
        ana.task_act(&task, verb).await.is(200);
        let told = notification_mails(&app).await;
        assert_eq!(recipients(&told), ["ben"], "{verb}");
        assert_eq!(says(&told[0]), [line]);
        ana.task_act(&task, verb).await.is(200);
        assert_eq!(notification_mails(&app).await.len(), 0, "{verb} again");
    }
}

#[tokio::test]
async fn a_suggestion_that_is_decided_before_the_mail_asks_nobody() {
    let app = TestApp::start().await;
    let [ana, _cem, ben] = app.circle(["coordinator", "coordinator", "helper"]).await;
    let task = ben.task(json!({ "title": "A walk" })).await;
    ana.task_act(&task, "approve").await.is(200);
    let told = notification_mails(&app).await;
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(told[0].to, ben.email);
    let task = ben.task(json!({ "title": "A swim" })).await;
    ben.task_act(&task, "cancel").await.is(200);
    assert_eq!(notification_mails(&app).await.len(), 0);
}

#[tokio::test]
async fn suggestions_are_counted_for_members_who_can_approve_them() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora, eli] = app
        .circle(["coordinator", "caregiver", "helper", "patient", "caregiver"])
        .await;
    grant(&ana, &cem, json!({ "health": "read" })).await;
    grant(&ana, &ben, json!({ "health": "none" })).await;
    grant(&ana, &eli, json!({ "daily": "read" })).await;
    assert_eq!(to_approve(&ana).await, [0, 0]);
    let before = ana.get("/v1/me/summary").await.header("etag").to_owned();
    let walk = cem.task(json!({ "title": "A walk" })).await;
    let tea = json!({ "title": "Tea against the cough", "topic": "health" });
    let tea = cem.task(tea).await;
    let counts = [
        to_approve(&ana).await,
        to_approve(&ben).await,
        to_approve(&cem).await,
        to_approve(&dora).await,
        to_approve(&eli).await,
    ];
    // Ben cannot see the topic of one suggestion, and Eli can only read the topic of the other.
    assert_eq!(counts, [[2, 2], [1, 1], [0, 0], [2, 2], [1, 1]]);
    let summary = ana.get("/v1/me/summary").await;
    assert_ne!(summary.header("etag"), before);
    assert_eq!(summary.is(200)["waiting_for_you"], 0);
    let listed = ana.get("/tasks?state=proposed").await.is(200);
    assert_eq!(listed["data"].as_array().unwrap().len(), 2);

    // A token that only reads gets its owner's count.
    let scopes = [TasksRead, AppointmentsRead, RolesRead, MessagesRead];
    let (_, reader) = make_token(&ana, ana.circle_id(), &scopes).await;
    let summary = reader.get("/v1/me/summary").await.is(200);
    assert_eq!(summary["tasks_to_approve"], 2);

    let etag = ana.get("/v1/me/summary").await.header("etag").to_owned();
    ana.task_act(&walk, "approve").await.is(200);
    let seen = ("if-none-match", etag.as_str());
    let changed = ana.with(seen, &Method::GET, "/v1/me/summary", None).await;
    assert_eq!(changed.is(200)["tasks_to_approve"], 1);
    dora.task_act(&tea, "cancel").await.is(200);
    assert_eq!(to_approve(&ana).await, [0, 0]);
}

#[tokio::test]
async fn suggestions_and_offers_are_counted_separately_in_each_circle() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    app.advance(TimeDelta::seconds(1));
    let [mia] = app.circle_of(["coordinator"], ["Mia"]).await;
    let member = app.join(&mia, &ana, json!({ "access": "helper" })).await;
    ben.task(json!({ "title": "A walk" })).await;
    let there = ana.inside(mia.circle_id());
    let suggested = there.post("/tasks", json!({ "title": "A swim" })).await;
    assert_eq!(suggested.is(201)["state"], "proposed");
    for title in ["Cook", "Shop"] {
        let task = mia.task(json!({ "title": title })).await;
        let offer = format!("/tasks/{}/offer", task["id"].as_str().unwrap());
        let to_ana = json!({ "member_id": member });
        mia.post(&offer, to_ana).await.is(200);
    }
    let circles = ana.get("/v1/me/circles").await.is(200);
    let counts = [0_usize, 1].map(|at| {
        let waiting = &circles["data"][at]["summary"];
        [&waiting["tasks_to_approve"], &waiting["task_offers"]].map(|it| it.as_i64().unwrap())
    });
    assert_eq!(counts, [[1, 0], [0, 2]]);
    let summary = ana.get("/v1/me/summary").await.is(200);
    assert_eq!(
        [&summary["tasks_to_approve"], &summary["task_offers"]],
        [&json!(1), &json!(2)]
    );
}
