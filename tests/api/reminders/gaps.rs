//! What still needs somebody is told: to coordinators two days before, to those who could claim it
//! one day before.

use chrono::TimeDelta;
use kith::notify::reminders::fire_due_reminders;
use serde_json::{Value, json};

use crate::harness::{Client, Mail, Person, TestApp};
use crate::needs::{add_need, need_act};

/// A task that is due on 5 December at 12:00 in Berlin, in 99 hours.
async fn needed(by: &Person, more: Value) -> Value {
    let mut task = json!({ "title": "Canary title", "due_local": "2026-12-05T12:00" });
    let more = more.as_object().unwrap().clone();
    task.as_object_mut().unwrap().extend(more);
    by.task(task).await
}

/// The subject of an email that says that people are needed.
const NEEDED: &str = "Somebody is needed in Ana's circle: Sat 5 December, 12:00";

/// Whom the emails tell that people are needed, and how long before.
async fn told(app: &TestApp) -> Vec<String> {
    let mails = app.mails().await;
    let mut told: Vec<String> = mails.iter().filter_map(line).collect();
    told.sort();
    told
}

fn line(mail: &Mail) -> Option<String> {
    let subject = mail.header("Subject");
    let rest = subject.strip_prefix(NEEDED)?;
    let name = mail.to.split('@').next()?;
    assert!(mail.text.contains("still needs somebody"));
    let whole = format!("{} {} {}", mail.headers, mail.text, mail.html);
    assert!(!whole.contains("Canary"));
    Some(format!("{name}{rest}"))
}

/// The states of the reminders of a gap, and of their deliveries.
async fn outcome(by: &Client, task: &Value) -> Vec<String> {
    let path = format!("/tasks/{}/reminders", task["id"].as_str().unwrap());
    let reminders = by.get(&path).await.is(200);
    let all = reminders["data"].as_array().unwrap().iter();
    let of_gap = all.filter(|reminder| reminder["kind"] == "uncovered");
    of_gap
        .map(|reminder| {
            let mut words = vec![reminder["state"].as_str().unwrap()];
            for delivery in reminder["deliveries"].as_array().unwrap() {
                words.push(delivery["state"].as_str().unwrap());
                words.extend(delivery["reason"].as_str());
            }
            words.join(" ")
        })
        .collect()
}

#[tokio::test]
async fn coordinators_are_told_two_days_before_and_those_who_could_claim_it_a_day_before() {
    let app = TestApp::start().await;
    let [ana, _ben, _cem, _dora] = app
        .circle(["coordinator", "helper", "caregiver", "viewer"])
        .await;
    let task = needed(&ana, json!({})).await;
    app.advance(TimeDelta::hours(50));
    assert_eq!(told(&app).await, [""; 0]);
    app.advance(TimeDelta::hours(1));
    assert_eq!(told(&app).await, ["ana (2 days before)"]);
    app.advance(TimeDelta::hours(23));
    assert_eq!(told(&app).await, [""; 0]);
    app.advance(TimeDelta::hours(1));
    let a_day_before = [
        "ana (1 day before)",
        "ben (1 day before)",
        "cem (1 day before)",
    ];
    assert_eq!(told(&app).await, a_day_before);
    app.advance(TimeDelta::hours(23));
    assert_eq!(told(&app).await, [""; 0]);
    assert_eq!(
        outcome(&ana.later().await, &task).await,
        ["fired sent", "fired sent sent sent"]
    );
}

#[tokio::test]
async fn nobody_is_told_once_enough_people_have_claimed_it() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let task = needed(&ana, json!({})).await;
    ben.task_act(&task, "claim").await.is(200);
    let half = needed(&ana, json!({ "people_needed": 2 })).await;
    ben.post(
        &format!("/tasks/{}/claim", half["id"].as_str().unwrap()),
        json!({ "allow_overlap": true }),
    )
    .await
    .is(200);
    app.advance(TimeDelta::hours(51));
    assert_eq!(
        told(&app).await,
        ["ana (2 days before)"],
        "of the other half"
    );
    cem.later()
        .await
        .act(&path_of(&half, "claim"))
        .await
        .is(200);
    app.advance(TimeDelta::hours(10));
    // What is given back is told a day before like everything else.
    ben.later()
        .await
        .act(&path_of(&task, "release"))
        .await
        .is(200);
    app.mails().await;
    app.advance(TimeDelta::hours(14));
    assert_eq!(
        told(&app).await,
        [
            "ana (1 day before)",
            "ben (1 day before)",
            "cem (1 day before)"
        ]
    );
    let ana = ana.later().await;
    assert_eq!(outcome(&ana, &half).await, ["fired sent"]);
    assert_eq!(outcome(&ana, &task).await, ["fired sent sent sent"]);
}

fn path_of(task: &Value, verb: &str) -> String {
    format!("/tasks/{}/{verb}", task["id"].as_str().unwrap())
}

#[tokio::test]
async fn what_ended_or_is_for_others_to_see_is_not_told() {
    let app = TestApp::start().await;
    let [ana, _ben] = app.circle(["coordinator", "helper"]).await;
    for verb in ["complete", "cancel"] {
        let task = needed(&ana, json!({})).await;
        ana.task_act(&task, verb).await.is(200);
    }
    needed(&ana, json!({ "reminders_off": true })).await;
    needed(&ana, json!({ "topic": "health" })).await;
    app.advance(TimeDelta::hours(51));
    assert_eq!(told(&app).await, ["ana (2 days before)"]);
    app.advance(TimeDelta::hours(24));
    assert_eq!(
        told(&app).await,
        ["ana (1 day before)"],
        "Ben does not see it"
    );
}

#[tokio::test]
async fn if_nobody_else_would_be_told_the_others_are() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    needed(&ana, json!({})).await;
    ana.patch("/notification-settings", json!({ "gaps": "off" }))
        .await
        .is(200);
    ben.patch("/notification-settings", json!({ "gaps": "off" }))
        .await
        .is(200);
    app.advance(TimeDelta::hours(51));
    assert_eq!(told(&app).await, ["cem (2 days before)"]);
    let off = json!({ "announcements": "off" });
    cem.later()
        .await
        .patch("/notification-settings", off)
        .await
        .is(200);
    let on = json!({ "gaps": "email" });
    ana.later()
        .await
        .patch("/notification-settings", on)
        .await
        .is(200);
    app.advance(TimeDelta::hours(24));
    assert_eq!(told(&app).await, ["ana (1 day before)"]);
}

#[tokio::test]
async fn a_coordinator_is_told_a_day_before_if_nobody_could_claim_it() {
    let app = TestApp::start().await;
    let [ana, _ben] = app.circle(["coordinator", "viewer"]).await;
    let task = needed(&ana, json!({ "people_needed": 2 })).await;
    ana.task_act(&task, "claim").await.is(200);
    app.advance(TimeDelta::hours(51));
    assert_eq!(told(&app).await, ["ana (2 days before)"]);
    app.advance(TimeDelta::hours(24));
    assert_eq!(told(&app).await, ["ana (1 day before)"]);
}

#[tokio::test]
async fn a_claim_between_firing_and_mailing_stops_the_email() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = needed(&ana, json!({})).await;
    app.advance(TimeDelta::hours(51));
    assert_eq!(fire_due_reminders(&app.app).await.unwrap().reminders, 1);
    ben.later()
        .await
        .act(&path_of(&task, "claim"))
        .await
        .is(200);
    assert_eq!(told(&app).await, [""; 0]);
    assert_eq!(
        outcome(&ana.later().await, &task).await,
        ["fired skipped claimed_again"]
    );
}

#[tokio::test]
async fn what_is_made_late_is_told_at_what_lies_ahead() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    app.advance(TimeDelta::hours(70));
    let now = ana.later().await;
    let visit = json!({
        "title": "Scan", "topic": "health", "starts_local": "2026-12-05T12:00",
        "without_attendees": true,
    });
    let visit = now.post("/appointments", visit).await.is(201);
    let need = add_need(
        &now,
        &visit,
        json!({ "kind": "driver", "people_needed": 2 }),
    )
    .await;
    app.advance(TimeDelta::hours(5));
    assert_eq!(
        told(&app).await,
        ["ana (1 day before)", "ben (1 day before)"],
        "a helper sees the need"
    );
    let ben = ben.later().await;
    need_act(&ben, &need, "claim").await.is(200);
    let soon = json!({ "title": "Soon", "due_local": "2026-12-05T12:00" });
    ana.later().await.post("/tasks", soon).await.is(201);
    app.advance(TimeDelta::hours(20));
    assert_eq!(told(&app).await, [""; 0]);
}

#[tokio::test]
async fn the_link_in_the_email_turns_its_category_off() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    needed(&ana, json!({})).await;
    app.advance(TimeDelta::hours(75));
    let mails = app.mails().await;
    for (person, category) in [(&ana, "gaps"), (&ben, "announcements")] {
        let mail = mails.iter().find(|mail| mail.to == person.email).unwrap();
        app.anybody().act(&mail.link("unsubscribe")).await;
        let settings = person.later().await.get("/notification-settings").await;
        assert_eq!(settings.is(200)[category], "off", "{category}");
    }
}
