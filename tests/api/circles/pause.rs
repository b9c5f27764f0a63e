//! A stay in a hospital: tasks wait, appointments go on, and nobody is flooded afterward.

use chrono::TimeDelta;
use serde_json::json;

use super::{reminders_of, subjects};
use crate::appointments::{answer, path_of};
use crate::harness::TestApp;

#[tokio::test]
async fn during_a_stay_in_the_hospital_tasks_wait_and_appointments_go_on() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    // Reminded today at half past nine, tomorrow, and the day after the stay.
    let soon = ana.task_soon(&ben).await;
    let due = |title: &str, due: &str| json!({ "title": title, "due_local": due, "reminder_minutes": [60] });
    let during = ana.task(due("Cook", "2026-12-02T12:00")).await;
    ben.task_act(&during, "claim").await.is(200);
    let after = ana.task(due("Shop", "2026-12-05T12:00")).await;
    ben.task_act(&after, "claim").await.is(200);
    let visit = json!({
        "title": "Scan", "starts_local": "2026-12-02T14:00", "reminder_minutes": [60],
        "attendee_member_ids": [ben.member_id],
    });
    let visit = ana.post("/appointments", visit).await.is(201);
    answer(&ben, &visit, "accepted").await.is(200);
    app.advance(TimeDelta::seconds(20));
    app.mails().await;

    let paused = ana.act("/pause").await.is(200);
    assert_eq!(paused["state"], "paused");
    assert!(
        paused["actions"]
            .as_array()
            .unwrap()
            .contains(&json!("resume"))
    );
    assert_eq!(ana.act("/pause").await.is(200), paused);
    let told = [(ben.email.clone(), "Ana's circle is paused".to_owned())];
    assert_eq!(subjects(&app.mails().await), told);
    let path = |task: &serde_json::Value| format!("/tasks/{}", task["id"].as_str().unwrap());
    assert_eq!(reminders_of(&ana, &path(&soon)).await, ["canceled"]);

    // Tasks can still be planned and offered, but nobody is told.
    let offered = ana.task(due("Wash", "2026-12-03T12:00")).await;
    let offer = format!("{}/offer", path(&offered));
    ana.post(&offer, json!({ "member_id": ben.member_id }))
        .await
        .is(200);
    assert!(reminders_of(&ana, &path(&offered)).await.is_empty());
    app.advance(TimeDelta::minutes(2));
    assert!(app.mails().await.is_empty());

    // The next day passes: only the appointment has its reminder.
    app.advance(TimeDelta::minutes(28 * 60 + 30));
    let mails = app.mails().await;
    assert_eq!(mails.len(), 1, "{mails:#?}");
    let (ana, ben_later) = (ana.later().await, ben.later().await);
    let of_visit = reminders_of(&ana, &path_of(&visit)).await;
    assert_eq!(of_visit, ["fired sent"]);
    assert_eq!(reminders_of(&ana, &path(&during)).await, ["canceled"]);

    let resumed = ana.act("/resume").await.is(200);
    assert_eq!(resumed["state"], "active");
    let told = [(ben.email.clone(), "Ana's circle goes on".to_owned())];
    assert_eq!(subjects(&app.mails().await), told);
    assert_eq!(reminders_of(&ben_later, &path(&during)).await, ["canceled"]);
    assert_eq!(reminders_of(&ben_later, &path(&after)).await, ["planned"]);
    app.advance(TimeDelta::hours(70));
    let mails = app.mails().await;
    assert_eq!(mails.len(), 1, "{mails:#?}");
    assert!(mails[0].header("Subject").starts_with("A reminder"));
}

#[tokio::test]
async fn a_reminder_that_waits_for_the_mail_server_is_not_sent_after_a_pause() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let task = ana.task_soon(&ben).await;
    app.mails().await;
    app.advance(TimeDelta::minutes(31));
    // It has fired, and its job waits.
    kith::notify::reminders::fire_due_reminders(&app.app)
        .await
        .unwrap();
    let ana = ana.later().await;
    ana.act("/pause").await.is(200);
    let mails = app.mails().await;
    let told = [(ben.email.clone(), "Ana's circle is paused".to_owned())];
    assert_eq!(subjects(&mails), told);
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    let outcome = reminders_of(&ana, &path).await;
    assert_eq!(outcome, ["fired skipped circle_paused"]);
}

#[tokio::test]
async fn coordinators_and_the_patient_pause_a_circle_and_others_do_not() {
    let app = TestApp::start().await;
    let [ana, ben, rosa] = app.circle(["coordinator", "caregiver", "patient"]).await;
    let refused = ben.act("/pause").await.is_problem(403, "forbidden");
    assert_eq!(
        refused["detail"],
        "Only coordinators and the patient can pause a circle."
    );
    rosa.act("/pause").await.is(200);
    ana.act("/resume").await.is(200);
    // A circle that was paused and resumed at once tells only that it goes on.
    let mails = app.mails().await;
    let told: Vec<_> = [&ben, &rosa]
        .map(|it| (it.email.clone(), "Ana's circle goes on".to_owned()))
        .into();
    assert_eq!(subjects(&mails), told);
}
