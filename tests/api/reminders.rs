//! Reminders: planned, moved, sent once, switched off.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Person, TestApp};

/// A task of Ben's, due on 3 December at 12:00 in Berlin, reminded an hour before.
async fn claimed(ana: &Person, ben: &Person) -> Value {
    let task = json!({
        "title": "Canary title", "notes": "Canary notes",
        "due_local": "2026-12-03T12:00", "reminder_minutes": [60],
    });
    let task = ana.task(task).await;
    ben.task_act(&task, "claim").await.is(200)
}

#[tokio::test]
async fn a_reminder_arrives_once_in_the_readers_zone_and_says_nothing_else() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    ben.patch("/v1/me", json!({ "time_zone": "America/New_York" }))
        .await
        .is(200);
    claimed(&ana, &ben).await;
    app.advance(TimeDelta::minutes(2 * 1440 + 119));
    assert_eq!(app.mails().await.len(), 0);
    app.advance(TimeDelta::minutes(1));
    let mail = app.mail().await;
    assert_eq!(mail.to, ben.email);
    assert_eq!(mail.header("Subject"), "A reminder from Ana's circle");
    assert!(
        mail.text
            .contains("Thu 3 December 2026, 06:00 (America/New_York, UTC-5)")
    );
    assert!(mail.html.contains("Thu 3 December 2026, 06:00"));
    assert_eq!(
        mail.header("List-Unsubscribe-Post"),
        "List-Unsubscribe=One-Click"
    );
    assert!(
        mail.header("List-Unsubscribe")
            .contains(&mail.link("unsubscribe"))
    );
    assert_eq!(mail.header("Message-ID"), mail.message_id);
    let whole = format!("{} {} {}", mail.headers, mail.text, mail.html);
    assert!(!whole.contains("Canary"));
    assert_eq!(app.mails().await.len(), 0);
    app.advance(TimeDelta::hours(2));
    assert_eq!(app.mails().await.len(), 0);
}

#[tokio::test]
async fn a_moved_task_reminds_at_the_new_time_only() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = claimed(&ana, &ben).await;
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    ana.patch(&path, json!({ "due_local": "2026-12-04T12:00" }))
        .await
        .is(200);
    app.advance(TimeDelta::hours(51));
    let news = app.mail().await;
    assert_eq!(news.header("Subject"), "News from Ana's circle");
    assert!(news.text.contains("It was: Thu 3 December 2026, 12:00"));
    assert!(news.text.contains("It is now: Fri 4 December 2026, 12:00"));
    app.advance(TimeDelta::hours(23));
    assert!(app.mail().await.text.contains("Fri 4 December 2026, 12:00"));
    let reminders = ana
        .later()
        .await
        .get(&format!("{path}/reminders"))
        .await
        .is(200);
    let states: Vec<_> = reminders["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| &r["state"])
        .collect();
    assert_eq!(states, ["cancelled", "fired"]);
    assert_eq!(reminders["data"][1]["deliveries"][0]["state"], "sent");
}

#[tokio::test]
async fn what_is_done_cancelled_or_given_back_reminds_nobody() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    for verb in ["complete", "withdraw"] {
        let task = claimed(&ana, &ben).await;
        ben.task_act(&task, verb).await.is(200);
    }
    let task = claimed(&ana, &ben).await;
    ana.task_act(&task, "cancel").await.is(200);
    app.advance(TimeDelta::hours(51));
    let news = app.mail().await;
    assert!(news.text.contains("Something was called off."));
}

#[tokio::test]
async fn a_task_reopened_reminds_again() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = claimed(&ana, &ben).await;
    ben.task_act(&task, "complete").await.is(200);
    ben.task_act(&task, "reopen").await.is(200);
    app.advance(TimeDelta::hours(50));
    app.mail().await;
}

#[tokio::test]
async fn one_click_switches_reminders_off_and_looking_does_not() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    claimed(&ana, &ben).await;
    app.advance(TimeDelta::hours(50));
    let link = app.mail().await.link("unsubscribe");
    let anybody = app.anybody();
    assert_eq!(anybody.get(&link).await.status, 200);
    let now = ben.later().await;
    let preferences = "/notification-preferences";
    assert_eq!(now.get(preferences).await.is(200)["reminders"], "now");
    assert_eq!(anybody.act(&link).await.status, 200);
    assert_eq!(now.get(preferences).await.is(200)["reminders"], "off");
}

#[tokio::test]
async fn a_date_counts_from_nine_in_the_circles_zone() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let task = ana
        .task(json!({ "title": "a", "due_on": "2026-12-05" }))
        .await;
    let path = format!("/tasks/{}/reminders", task["id"].as_str().unwrap());
    let fire_at = ana.get(&path).await.is(200)["data"][0]["fire_at"].clone();
    assert_eq!(fire_at, "2026-12-04T08:00:00Z");
    ana.patch("", json!({ "time_zone": "America/New_York" }))
        .await
        .is(200);
    let reminders = ana.get(&path).await.is(200);
    assert_eq!(reminders["data"][0]["state"], "cancelled");
    assert_eq!(reminders["data"][1]["fire_at"], "2026-12-04T14:00:00Z");
}
