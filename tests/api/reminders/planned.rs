//! Reminders that are planned, moved, sent once and switched off.

use chrono::TimeDelta;
use kith::notify::reminders::fire_due_reminders;
use kith::platform::mail::Mailer;
use serde_json::{Value, json};

use crate::harness::{Client, Mail, Person, TestApp, sender};

/// A task that Ben has claimed, due on 3 December at 12:00 in Berlin, with a reminder one hour
/// before.
async fn claimed(ana: &Person, ben: &Person) -> Value {
    let task = json!({
        "title": "Canary title", "notes": "Canary notes",
        "due_local": "2026-12-03T12:00", "reminder_minutes": [60],
    });
    let task = ana.task(task).await;
    ben.task_act(&task, "claim").await.is(200)
}

/// The state of the only reminder of a task for those who take part, and of its deliveries.
async fn outcome(by: &Client, task: &Value) -> String {
    let path = format!("/tasks/{}/reminders", task["id"].as_str().unwrap());
    let mut reminders = by.get(&path).await.is(200);
    let all = reminders["data"].as_array_mut().unwrap();
    all.retain(|reminder| reminder["kind"] != "uncovered");
    let [reminder] = &all[..] else {
        panic!("expected one reminder: {all:?}");
    };
    let mut outcome = vec![reminder["state"].as_str().unwrap()];
    for delivery in reminder["deliveries"].as_array().unwrap() {
        outcome.push(delivery["state"].as_str().unwrap());
        outcome.extend(delivery["reason"].as_str());
    }
    outcome.join(" ")
}

#[tokio::test]
async fn a_reminder_arrives_once_with_the_readers_local_time_and_no_details() {
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
    assert_eq!(
        mail.header("Subject"),
        "A reminder from Ana's circle: Thu 3 December, 06:00 (1 hour before)"
    );
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
    assert_eq!(news.header("Subject"), "Updates from Ana's circle");
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
    assert_eq!(states, ["canceled", "fired"]);
    assert_eq!(reminders["data"][1]["deliveries"][0]["state"], "sent");
}

#[tokio::test]
async fn a_change_of_zone_that_keeps_the_instant_is_not_a_move() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = claimed(&ana, &ben).await;
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    let paris = json!({ "time_zone": "Europe/Paris" });
    let same = ana.patch(&path, paris).await.is(200);
    assert_eq!(same["schedule_version"], task["schedule_version"]);
    assert_eq!(same["time_zone"], "Europe/Paris");
    assert_eq!(outcome(&ana, &task).await, "planned");
    app.advance(TimeDelta::hours(50));
    assert_eq!(app.mail().await.to, ben.email);
}

#[tokio::test]
async fn a_completed_canceled_or_released_task_reminds_nobody() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    for verb in ["complete", "release"] {
        let task = claimed(&ana, &ben).await;
        ben.task_act(&task, verb).await.is(200);
    }
    let task = claimed(&ana, &ben).await;
    ana.task_act(&task, "cancel").await.is(200);
    app.advance(TimeDelta::hours(51));
    let mails = app.mails().await;
    let is_news = |mail: &Mail| mail.header("Subject").starts_with("Updates");
    assert!(mails.iter().all(is_news), "{mails:#?}");
    let off = |mail: &Mail| mail.text.contains("Something was canceled.");
    assert!(mails.iter().any(off), "{mails:#?}");
}

#[tokio::test]
async fn a_reopened_task_reminds_again() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = claimed(&ana, &ben).await;
    ben.task_act(&task, "complete").await.is(200);
    ben.task_act(&task, "reopen").await.is(200);
    app.advance(TimeDelta::hours(50));
    app.mail().await;
}

#[tokio::test]
async fn one_click_switches_reminders_off_and_opening_the_page_does_not() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    claimed(&ana, &ben).await;
    app.advance(TimeDelta::hours(50));
    let link = app.mail().await.link("unsubscribe");
    let anybody = app.anybody();
    assert_eq!(anybody.get(&link).await.status, 200);
    let now = ben.later().await;
    let preferences = "/notification-settings";
    assert_eq!(now.get(preferences).await.is(200)["reminders"], "email");
    assert_eq!(anybody.act(&link).await.status, 200);
    assert_eq!(now.get(preferences).await.is(200)["reminders"], "off");
}

#[tokio::test]
async fn the_reminder_of_a_date_counts_from_nine_oclock_in_the_circles_zone() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let task = ana
        .task(json!({ "title": "a", "due_on": "2026-12-05" }))
        .await;
    let path = format!("/tasks/{}/reminders", task["id"].as_str().unwrap());
    let fire_at = ana.get(&path).await.is(200)["data"][0]["fire_at"].clone();
    assert_eq!(fire_at, "2026-12-04T08:00:00.000Z");
    ana.patch("", json!({ "time_zone": "America/New_York" }))
        .await
        .is(200);
    let reminders = ana.get(&path).await.is(200);
    assert_eq!(reminders["data"].as_array().unwrap().len(), 1);
    let reminder = &reminders["data"][0];
    assert_eq!(
        (&reminder["state"], &reminder["fire_at"]),
        (&json!("planned"), &json!("2026-12-04T14:00:00.000Z"))
    );
}

#[tokio::test]
async fn the_reminder_of_a_date_comes_at_nine_oclock_even_when_the_clocks_change() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    for (day, fires) in [
        ("2027-03-28", "2027-03-27T08:00:00.000Z"),
        ("2027-10-31", "2027-10-30T07:00:00.000Z"),
    ] {
        let task = ana.task(json!({ "title": "a", "due_on": day })).await;
        let path = format!("/tasks/{}/reminders", task["id"].as_str().unwrap());
        let reminders = ana.get(&path).await.is(200);
        assert_eq!(reminders["data"][0]["fire_at"], fires);
    }
}

#[tokio::test]
async fn a_member_who_wants_no_reminders_gets_none_and_that_is_recorded() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = claimed(&ana, &ben).await;
    ben.patch("/notification-settings", json!({ "reminders": "off" }))
        .await
        .is(200);
    app.advance(TimeDelta::hours(50));
    assert_eq!(app.mails().await.len(), 0);
    let outcome = outcome(&ana.later().await, &task).await;
    assert_eq!(outcome, "fired skipped turned_off");
}

#[tokio::test]
async fn a_member_who_no_longer_sees_a_task_is_not_reminded_of_it() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = claimed(&ana, &ben).await;
    let grant = format!("/members/{}/topics", ben.member_id);
    let for_a_while = json!({ "daily": "read", "expires_at": "2026-12-03T10:00:00Z" });
    ana.patch(&grant, for_a_while).await.is(200);
    app.advance(TimeDelta::hours(50));
    // Ana is told that somebody else is needed.
    assert_eq!(app.mail().await.to, ana.email);
    let outcome = outcome(&ana.later().await, &task).await;
    assert_eq!(outcome, "fired", "the task is released");
}

#[tokio::test]
async fn a_suspended_member_is_not_reminded() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = claimed(&ana, &ben).await;
    let suspend = format!("/members/{}/suspend", ben.member_id);
    ana.post(&suspend, json!({})).await.is(200);
    app.advance(TimeDelta::hours(50));
    assert_eq!(app.mail().await.to, ana.email);
    assert_eq!(outcome(&ana.later().await, &task).await, "fired");
}

#[tokio::test]
async fn a_change_between_firing_and_mailing_skips_the_reminder() {
    for (what, becomes) in [
        ("release", "released"),
        ("complete", "no_longer_due"),
        ("switch off", "turned_off"),
        ("suspend", "released"),
        ("hide", "released"),
        ("move", "no_longer_due"),
    ] {
        let app = TestApp::start().await;
        let [ana, ben] = app.circle(["coordinator", "helper"]).await;
        let task = claimed(&ana, &ben).await;
        app.advance(TimeDelta::hours(50));
        assert_eq!(fire_due_reminders(&app.app).await.unwrap().reminders, 1);
        let (ana, later) = (ana.later().await, ben.later().await);
        let task_path = format!("/tasks/{}", task["id"].as_str().unwrap());
        let member = format!("/members/{}", ben.member_id);
        match what {
            "switch off" => {
                let off = json!({ "reminders": "off" });
                later.patch("/notification-settings", off).await
            }
            "suspend" => ana.post(&format!("{member}/suspend"), json!({})).await,
            "hide" => {
                let none = json!({ "daily": "none" });
                ana.patch(&format!("{member}/topics"), none).await
            }
            "move" => {
                let moved = json!({ "due_local": "2026-12-03T12:30", "reminders_off": true });
                ana.patch(&task_path, moved).await
            }
            verb => later.act(&format!("{task_path}/{verb}")).await,
        }
        .is(200);
        assert_eq!(app.mails().await.len(), 0, "{what}");
        let outcome = outcome(&ana, &task).await;
        assert_eq!(outcome, format!("fired skipped {becomes}"), "{what}");
    }
}

#[tokio::test]
async fn a_reminder_that_is_too_late_is_not_sent() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let slept_through = claimed(&ana, &ben).await;
    app.advance(TimeDelta::hours(51));
    assert_eq!(app.mails().await.len(), 0);
    let ana = ana.later().await;
    assert_eq!(outcome(&ana, &slept_through).await, "expired");

    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let stuck = claimed(&ana, &ben).await;
    app.advance(TimeDelta::hours(50));
    fire_due_reminders(&app.app).await.unwrap();
    app.advance(TimeDelta::hours(1));
    assert_eq!(app.mails().await.len(), 0);
    let ana = ana.later().await;
    assert_eq!(outcome(&ana, &stuck).await, "fired expired too_late");
}

#[tokio::test]
async fn two_nodes_that_fire_at_once_remind_once() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    claimed(&ana, &ben).await;
    let node = app.another_node(Mailer::memory(sender())).await;
    app.advance(TimeDelta::hours(50));
    let (here, there) =
        futures_util::join!(fire_due_reminders(&app.app), fire_due_reminders(&node));
    assert_eq!(here.unwrap().reminders + there.unwrap().reminders, 1);
    app.mail().await;
}

#[tokio::test]
async fn an_unsubscribe_link_can_be_used_again_and_again() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    claimed(&ana, &ben).await;
    app.advance(TimeDelta::hours(50));
    let link = app.mail().await.link("unsubscribe");
    let now = ben.later().await;
    for _ in 0..2 {
        let page = app.anybody().act(&link).await;
        assert!(page.text.contains("<h1>These emails are off</h1>"));
        let look = app.anybody().get(&link).await;
        assert!(look.text.contains("<h1>These emails are off</h1>"));
        now.patch("/notification-settings", json!({ "reminders": "email" }))
            .await
            .is(200);
        let look = app.anybody().get(&link).await;
        assert!(look.text.contains("<h1>Turn these emails off?</h1>"));
    }
}
