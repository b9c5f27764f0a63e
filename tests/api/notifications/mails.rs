//! Which change sends which mail, and how several changes become one mail.

use chrono::TimeDelta;
use serde_json::json;

use super::{TASK, due, invite, move_task, offer_role, offer_task, says, told};
use crate::appointments::{
    act, answer, grant, notification_mails, path_of, recipients, reschedule, scan,
};
use crate::harness::TestApp;
use crate::needs::{add_need, need_act, need_path, offer_need};

const ROLE: &str = "- You are asked whether you can take something on for longer.";

const NEED: &str = "- You are asked whether you can help with something.";

const DECLINED: &str = "- Somebody who was asked to help has declined.";

const COME: &str = "- You are asked whether you can come to something.";

#[tokio::test]
async fn each_offer_sends_one_mail() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let appointment = scan(&ana, json!({ "attendee_member_ids": [ben.member_id] })).await;
    let friday = "When: Fri 4 December 2026, 10:00";
    let asked = "- Something was scheduled. You are asked whether you can come.";
    assert_eq!(told(&app, &ben).await, [asked, friday]);
    let other = scan(&ana, json!({ "without_attendees": true })).await;
    assert_eq!(
        told(&app, &ben).await,
        ["- Something was scheduled.", friday]
    );
    for _ in 0..2 {
        invite(&ana, &other, &ben).await;
    }
    assert_eq!(told(&app, &ben).await, [COME, friday]);
    let ride = add_need(&ana, &appointment, json!({ "kind": "driver" })).await;
    for _ in 0..2 {
        offer_need(&ana, &ride, &ben).await.is(200);
    }
    assert_eq!(told(&app, &ben).await, [NEED, friday]);
    let task = ana
        .task(json!({ "title": "Canary", "due_on": "2026-12-04" }))
        .await;
    for _ in 0..2 {
        offer_task(&ana, &task, &ben).await;
    }
    assert_eq!(told(&app, &ben).await, [TASK, "When: Fri 4 December 2026"]);
    offer_role(&ana, &ben).await;
    assert_eq!(told(&app, &ben).await, [ROLE]);
    assert_eq!(told(&app, &ben).await, [""; 0]);
}

#[tokio::test]
async fn members_are_not_told_of_their_own_actions() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let soon = json!({ "starts_local": "2026-12-01T12:00", "ends_local": null });
    let appointment = scan(&ana, soon).await;
    invite(&ana, &appointment, &ana).await;
    let ride = add_need(&ana, &appointment, json!({ "kind": "driver" })).await;
    offer_need(&ana, &ride, &ana).await.is(200);
    need_act(&ana, &ride, "claim").await.is(200);
    let task = ana.task(due("2026-12-01T12:00")).await;
    offer_task(&ana, &task, &ana).await;
    ana.task_act(&task, "claim").await.is(200);
    move_task(&ana, &task, "2026-12-01T13:00").await;
    ana.task_act(&task, "release").await.is(200);
    offer_role(&ana, &ana).await;
    reschedule(
        &ana,
        &appointment,
        json!({ "starts_local": "2026-12-01T13:00" }),
    )
    .await
    .is(200);
    need_act(&ana, &ride, "claim").await.is(200);
    need_act(&ana, &ride, "release").await.is(200);
    act(&ana, &appointment, "cancel").await.is(200);
    act(&ana, &appointment, "reinstate").await.is(200);
    assert_eq!(notification_mails(&app).await.len(), 0);
}

#[tokio::test]
async fn changes_within_twenty_seconds_arrive_in_one_mail_with_a_line_for_each() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let task = ana.task(due("2026-12-05T12:00")).await;
    offer_task(&ana, &task, &ben).await;
    app.advance(TimeDelta::seconds(10));
    scan(&ana, json!({})).await;
    app.advance(TimeDelta::seconds(9));
    offer_role(&ana, &ben).await;
    assert_eq!(app.mails().await.len(), 0);
    app.advance(TimeDelta::seconds(1));
    let mail = app.mail().await;
    assert_eq!(
        says(&mail),
        [
            TASK,
            "When: Sat 5 December 2026, 12:00",
            "- Something was scheduled.",
            "When: Fri 4 December 2026, 10:00",
            ROLE,
        ]
    );
    let whole = format!("{} {} {}", mail.headers, mail.text, mail.html);
    assert!(!whole.to_lowercase().contains("canary"), "{whole}");
    move_task(&ana, &task, "2026-12-05T13:00").await;
    assert_eq!(told(&app, &ben).await.len(), 3);
}

#[tokio::test]
async fn a_mail_compares_the_current_state_with_the_last_mailed_state() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let shown = |day: &str| format!("{day} December 2026, 10:00");
    let (fourth, sixth) = (shown("Fri 4"), shown("Sun 6"));
    let moved = [
        "- Something has moved.".to_owned(),
        format!("It was: {fourth}"),
        format!("It is now: {sixth}"),
    ];
    for (steps, expected) in [
        (vec!["5", "6"], moved.to_vec()),
        (vec!["5", "4"], vec![]),
        (vec!["cancel", "reinstate"], vec![]),
        (vec!["cancel", "reinstate", "6"], moved.to_vec()),
        (
            vec!["5", "cancel"],
            vec![
                "- Something was canceled.".into(),
                format!("It was: {fourth}"),
            ],
        ),
        (
            vec!["new", "6"],
            vec![
                "- Something was scheduled.".into(),
                format!("When: {sixth}"),
            ],
        ),
        (vec!["new", "cancel"], vec![]),
    ] {
        let appointment = scan(&ana, json!({ "ends_local": null })).await;
        if steps[0] != "new" {
            told(&app, &ben).await;
        }
        for step in &steps {
            app.advance(TimeDelta::seconds(1));
            match *step {
                "new" => {}
                "cancel" | "reinstate" => {
                    act(&ana, &appointment, step).await.is(200);
                }
                day => {
                    let to = format!("2026-12-0{day}T10:00");
                    reschedule(&ana, &appointment, json!({ "starts_local": to }))
                        .await
                        .is(200);
                }
            }
        }
        assert_eq!(told(&app, &ben).await, expected, "{steps:?}");
    }
}

#[tokio::test]
async fn a_mail_says_that_a_member_is_asked_again() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "helper"]).await;
    let appointment = scan(&ana, json!({ "attendee_member_ids": [ben.member_id] })).await;
    let ride = add_need(&ana, &appointment, json!({ "kind": "driver" })).await;
    answer(&ben, &appointment, "accepted").await.is(200);
    need_act(&cem, &ride, "claim").await.is(200);
    notification_mails(&app).await;
    let parts = async || {
        let visit = ben.get(&path_of(&appointment)).await.is(200);
        let ride = cem.get(&need_path(&ride)).await.is(200);
        [visit["my_response"].clone(), ride["my_assignment"].clone()]
    };

    for day in ["2026-12-05T10:00", "2026-12-04T10:00"] {
        let to = json!({ "starts_local": day });
        reschedule(&ana, &appointment, to).await.is(200);
        app.advance(TimeDelta::seconds(1));
    }
    assert_eq!(parts().await, ["no_response", "offered"]);
    let mails = notification_mails(&app).await;
    assert_eq!(recipients(&mails), ["ben", "cem"]);
    for mail in &mails {
        assert_eq!(
            says(mail),
            [
                "- Something has moved. You are asked again whether you can.",
                "When: Fri 4 December 2026, 10:00"
            ]
        );
    }

    // A move into the past is told once. A second move is not told, because the appointment is
    // over by then.
    for (day, told) in [("30", vec!["ben", "cem"]), ("29", vec![])] {
        let to = json!({ "starts_local": format!("2026-11-{day}T10:00") });
        reschedule(&ana, &appointment, to).await.is(200);
        assert_eq!(recipients(&notification_mails(&app).await), told, "{day}");
    }
}

#[tokio::test]
async fn a_member_who_accepted_a_proposal_is_told_when_it_is_confirmed() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "helper"]).await;
    let proposed = json!({
        "starts_local": "2026-12-01T10:30", "ends_local": null, "is_proposal": true,
        "attendee_member_ids": [ben.member_id],
    });
    let appointment = scan(&ana, proposed).await;
    let ride = add_need(&ana, &appointment, json!({ "kind": "driver" })).await;
    answer(&ben, &appointment, "accepted").await.is(200);
    need_act(&cem, &ride, "claim").await.is(200);
    notification_mails(&app).await;
    act(&ana, &appointment, "confirm").await.is(200);
    let mails = notification_mails(&app).await;
    let to = |subject: &str| {
        let matching = mails.iter();
        let matching = matching.filter(|mail| mail.header("Subject").starts_with(subject));
        let mut names: Vec<_> = matching.map(|mail| mail.to.split('@').next()).collect();
        names.sort_unstable();
        names
    };
    let both = [Some("ben"), Some("cem")];
    assert_eq!(to("Updates"), both, "{mails:#?}");
    assert_eq!(to("You said yes"), both, "{mails:#?}");
}

#[tokio::test]
async fn a_new_start_of_a_window_is_mailed() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let window = json!({
        "title": "Canary", "starts_local": "2026-12-05T14:00", "due_local": "2026-12-05T18:00",
    });
    let task = ana.task(window).await;
    ben.task_act(&task, "claim").await.is(200);
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    let at = |time: &str| format!("Sat 5 December 2026, {time}");
    let moved = || "- Something has moved.".to_owned();
    let opening = json!({ "starts_local": "2026-12-05T10:00" });
    ana.patch(&path, opening).await.is(200);
    let was = format!("It was: {}", at("14:00"));
    let now = format!("It is now: {}", at("10:00"));
    assert_eq!(told(&app, &ben).await, [moved(), was, now]);
    move_task(&ana, &task, "2026-12-05T19:00").await;
    let when = format!("When: {}", at("10:00"));
    assert_eq!(told(&app, &ben).await, [moved(), when]);
}

#[tokio::test]
async fn an_offer_that_was_answered_before_the_mail_is_not_mailed() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let appointment = scan(&ana, json!({ "without_attendees": true })).await;
    told(&app, &ben).await;
    invite(&ana, &appointment, &ben).await;
    answer(&ben, &appointment, "tentative").await.is(200);
    let ride = add_need(&ana, &appointment, json!({ "kind": "driver" })).await;
    offer_need(&ana, &ride, &ben).await.is(200);
    need_act(&ben, &ride, "claim").await.is(200);
    let task = ana.task(due("2026-12-05T12:00")).await;
    offer_task(&ana, &task, &ben).await;
    ben.task_act(&task, "decline").await.is(200);
    let part = offer_role(&ana, &ben).await;
    let accept = format!("/role-assignments/{}/accept", part["id"].as_str().unwrap());
    ben.act(&accept).await.is(200);
    let when = "When: Sat 5 December 2026, 12:00";
    assert_eq!(told(&app, &ana).await, [DECLINED, when]);
    offer_task(&ana, &task, &ben).await;
    app.advance(TimeDelta::seconds(1));
    ana.task_act(&task, "cancel").await.is(200);
    assert_eq!(notification_mails(&app).await.len(), 0);
}

#[tokio::test]
async fn a_member_who_answered_before_the_mail_is_told_what_changed_since() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let at = |time: &str| format!("Sat 5 December 2026, {time}");
    for verb in ["accept", "decline"] {
        let task = ana.task(due("2026-12-05T12:00")).await;
        offer_task(&ana, &task, &ben).await;
        ben.task_act(&task, verb).await.is(200);
        app.advance(TimeDelta::seconds(1));
        move_task(&ana, &task, "2026-12-05T13:00").await;
        let (to, expected) = match verb {
            "accept" => (
                &ben,
                vec![
                    "- Something has moved.".into(),
                    format!("It was: {}", at("12:00")),
                    format!("It is now: {}", at("13:00")),
                ],
            ),
            _ => (
                &ana,
                vec![DECLINED.into(), format!("When: {}", at("13:00"))],
            ),
        };
        assert_eq!(told(&app, to).await, expected);
    }
    let task = ana.task(due("2026-12-05T12:00")).await;
    offer_task(&ana, &task, &ben).await;
    ben.task_act(&task, "accept").await.is(200);
    app.advance(TimeDelta::seconds(1));
    ana.task_act(&task, "cancel").await.is(200);
    let off = [
        "- Something was canceled.".into(),
        format!("It was: {}", at("12:00")),
    ];
    assert_eq!(told(&app, &ben).await, off);
}

#[tokio::test]
async fn a_member_who_left_or_cannot_see_the_appointment_is_not_told() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "caregiver"]).await;
    let appointment = scan(&ana, json!({})).await;
    assert_eq!(recipients(&notification_mails(&app).await), ["ben", "cem"]);
    act(&ana, &appointment, "cancel").await.is(200);
    grant(&ana, &ben, json!({ "health": "none" })).await;
    let remove = format!("/members/{}/remove", cem.member_id);
    ana.post(&remove, json!({})).await.is(200);
    assert_eq!(notification_mails(&app).await.len(), 0);
}

#[tokio::test]
async fn released_work_is_mailed_at_once_to_coordinators_and_subscribers() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora, eli] = app
        .circle([
            "coordinator",
            "coordinator",
            "helper",
            "helper",
            "caregiver",
        ])
        .await;
    let wants = json!({ "gaps": "email" });
    dora.patch("/notification-settings", wants).await.is(200);
    let off = json!({ "announcements": "off" });
    for person in [&ana, &ben, &eli] {
        person
            .patch("/notification-settings", off.clone())
            .await
            .is(200);
    }
    app.advance(TimeDelta::seconds(1));
    let window = json!({ "title": "a", "starts_local": "2026-12-02T08:30", "due_local": "2026-12-02T12:00" });
    for task in [
        due("2026-12-02T08:30"),
        due("2026-12-30T10:00"),
        window,
        json!({ "title": "a", "due_on": "2026-12-03" }),
        json!({ "title": "a" }),
    ] {
        let task = ana.task(task).await;
        cem.task_act(&task, "claim").await.is(200);
        cem.task_act(&task, "release").await.is(200);
        let mails = notification_mails(&app).await;
        assert_eq!(recipients(&mails), ["ana", "ben", "dora"], "{task}");
        for mail in &mails {
            assert_eq!(
                says(mail)[0],
                "- Somebody can no longer do something. It needs somebody else."
            );
        }
    }
    for starts in ["2026-12-02T08:30", "2026-12-30T10:00"] {
        let appointment = scan(&ana, json!({ "starts_local": starts, "ends_local": null })).await;
        let ride = add_need(&ana, &appointment, json!({ "kind": "driver" })).await;
        need_act(&cem, &ride, "claim").await.is(200);
        need_act(&cem, &ride, "release").await.is(200);
        assert_eq!(
            recipients(&notification_mails(&app).await),
            ["ana", "ben", "dora"]
        );
        need_act(&cem, &ride, "claim").await.is(200);
        need_act(&cem, &ride, "release").await.is(200);
        need_act(&eli, &ride, "claim").await.is(200);
        assert_eq!(notification_mails(&app).await.len(), 0);
    }
}
