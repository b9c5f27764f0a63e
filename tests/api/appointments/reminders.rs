//! Reminders of appointments: to people who attend, and to people who help.

use chrono::TimeDelta;
use kith::notify::reminders::fire_due_reminders;
use serde_json::{Value, json};

use super::{act, answer, grant, notification_mails, path_of, recipients, reschedule, scan};
use crate::handovers::{act_on, hand_over};
use crate::harness::{Client, Mail, Person, TestApp};
use crate::needs::{add_need, need_act};

/// The time from the start of a test to a day before the scan of 4 December.
const A_DAY_BEFORE: TimeDelta = TimeDelta::hours(49);

async fn driver(by: &Client, appointment: &Value, starts: &str) -> Value {
    add_need(
        by,
        appointment,
        json!({ "kind": "driver", "starts_local": starts }),
    )
    .await
}

/// A scan that Ben attends, after its notifications are sent.
async fn bens_scan(app: &TestApp, ana: &Person, ben: &Person, more: Value) -> Value {
    let mut body = more;
    body["attendee_member_ids"] = json!([ben.member_id]);
    let appointment = scan(ana, body).await;
    notification_mails(app).await;
    appointment
}

#[tokio::test]
async fn attendees_who_have_not_declined_and_helpers_are_reminded_a_day_and_two_hours_before() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora, eli, finn, _gio] = app
        .circle([
            "coordinator",
            "caregiver",
            "caregiver",
            "caregiver",
            "patient",
            "helper",
            "caregiver",
        ])
        .await;
    let asked = [&ben, &cem, &dora, &eli].map(|person| &person.member_id);
    let appointment = scan(&ana, json!({ "attendee_member_ids": asked })).await;
    answer(&ben, &appointment, "accepted").await.is(200);
    answer(&dora, &appointment, "declined").await.is(200);
    answer(&eli, &appointment, "tentative").await.is(200);
    let ride = driver(&ana, &appointment, "2026-12-04T09:15").await;
    need_act(&finn, &ride, "claim").await.is(200);
    notification_mails(&app).await;
    // The driver starts 45 minutes earlier, and is reminded 45 minutes earlier.
    let earlier = TimeDelta::minutes(45);
    for after in [A_DAY_BEFORE - TimeDelta::seconds(20), TimeDelta::hours(22)] {
        app.advance(after - earlier - TimeDelta::seconds(1));
        assert_eq!(app.mails().await.len(), 0);
        app.advance(TimeDelta::seconds(1));
        let mut mails = app.mails().await;
        assert_eq!(recipients(&mails), ["finn"]);
        app.advance(earlier - TimeDelta::seconds(1));
        assert_eq!(app.mails().await.len(), 0);
        app.advance(TimeDelta::seconds(1));
        let coming = app.mails().await;
        assert_eq!(recipients(&coming), ["ben", "cem", "eli"]);
        mails.extend(coming);
        for mail in &mails {
            let time = if mail.to == finn.email {
                "09:15"
            } else {
                "10:00"
            };
            assert!(mail.text.contains(&format!("Fri 4 December 2026, {time}")));
            let whole = format!("{} {} {}", mail.headers, mail.text, mail.html);
            assert!(!whole.to_lowercase().contains("canary"), "{whole}");
        }
    }
}

#[tokio::test]
async fn people_who_no_longer_take_part_are_not_reminded() {
    for (what, becomes) in [
        ("decline", None),
        ("remove attendee", None),
        ("remove", None),
        ("hide", None),
        ("switch off", Some("skipped turned_off")),
    ] {
        let app = TestApp::start().await;
        let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
        let appointment = bens_scan(&app, &ana, &ben, json!({})).await;
        let reply = match what {
            "decline" => answer(&ben, &appointment, "declined").await,
            "remove attendee" => {
                let attendee = format!("{}/attendees/{}", path_of(&appointment), ben.member_id);
                ana.delete(&attendee).await
            }
            "remove" => {
                let path = format!("/members/{}/remove", ben.member_id);
                ana.post(&path, json!({})).await
            }
            "hide" => {
                let path = format!("/members/{}/topics", ben.member_id);
                ana.patch(&path, json!({ "health": "none" })).await
            }
            _ => {
                let off = json!({ "reminders": "off" });
                ben.patch("/notification-settings", off).await
            }
        };
        assert!(reply.status.is_success(), "{what}: {}", reply.text);
        notification_mails(&app).await;
        app.advance(A_DAY_BEFORE);
        assert_eq!(app.mails().await.len(), 0, "{what}");
        let path = format!("{}/reminders", path_of(&appointment));
        let reminders = ana.later().await.get(&path).await.is(200);
        let delivery = &reminders["data"][0]["deliveries"][0];
        let outcome = ["state", "reason"].map(|name| delivery[name].as_str().unwrap_or_default());
        assert_eq!(
            outcome.join(" ").trim(),
            becomes.unwrap_or_default(),
            "{what}"
        );
    }
}

#[tokio::test]
async fn a_change_between_firing_and_sending_stops_a_reminder() {
    for what in ["decline", "reschedule", "cancel"] {
        let app = TestApp::start().await;
        let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
        let appointment = bens_scan(&app, &ana, &ben, json!({})).await;
        app.advance(A_DAY_BEFORE - TimeDelta::seconds(20));
        assert_eq!(fire_due_reminders(&app.app).await.unwrap().reminders, 1);
        let ana = ana.later().await;
        match what {
            "decline" => answer(&ben.later().await, &appointment, "declined").await,
            "cancel" => act(&ana, &appointment, "cancel").await,
            _ => reschedule(&ana, &appointment, json!({ "starts_on": "2026-12-06" })).await,
        }
        .is(200);
        assert_eq!(app.mails().await.len(), 0, "{what}");
    }
}

#[tokio::test]
async fn a_person_who_helps_twice_or_also_attends_is_reminded_of_the_earliest_time() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "helper"]).await;
    let appointment = bens_scan(&app, &ana, &ben, json!({})).await;
    let late = driver(&ana, &appointment, "2026-12-04T11:00").await;
    let early = driver(&ana, &appointment, "2026-12-04T09:15").await;
    for need in [&late, &early] {
        need_act(&cem, need, "claim").await.is(200);
    }
    let other = driver(&ana, &appointment, "2026-12-04T09:30").await;
    need_act(&ben, &other, "claim").await.is(200);
    app.advance(A_DAY_BEFORE);
    let mails = app.mails().await;
    assert_eq!(recipients(&mails), ["ben", "cem"]);
    let says = |mail: &Mail, to_cem: &str| {
        let time = if mail.to == cem.email {
            to_cem
        } else {
            "09:30"
        };
        let when = format!("Fri 4 December 2026, {time}");
        assert!(mail.text.contains(&when), "{}", mail.text);
    };
    for mail in &mails {
        says(mail, "09:15");
    }
    let ana = ana.later().await;
    need_act(&ana, &early, "cancel").await.is(200);
    grant(&ana, &ben, json!({ "health": "none" })).await;
    app.advance(TimeDelta::hours(23));
    let mails = app.mails().await;
    let reminders = mails
        .iter()
        .filter(|mail| mail.header("Subject").starts_with("A reminder"));
    let reminders: Vec<_> = reminders.collect();
    assert_eq!(reminders.len(), 2, "{mails:#?}");
    for mail in reminders {
        says(mail, "11:00");
    }
}

#[tokio::test]
async fn a_ride_home_has_its_own_reminder_unless_the_reminder_of_the_visit_covers_it() {
    // Whether Ben accepts the visit at 10:00, the minutes from a reminder to its time, after how
    // many hours he claims the ride at 16:00, and how many reminders of the ride he gets.
    for (comes, offset, taken_after, expected) in [
        (false, 120, 1, 1),
        (false, 1440, 1, 1),
        (true, 120, 1, 1),
        (true, 1440, 1, 0),
        (true, 1440, 50, 1),
        (true, 1440, 72, 1),
        (true, 1440, 74, 1),
    ] {
        let what = format!("{comes} {offset} {taken_after}");
        let app = TestApp::start().await;
        let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
        let offsets = json!({ "reminder_minutes": [offset] });
        let appointment = bens_scan(&app, &ana, &ben, offsets).await;
        let ride = driver(&ana, &appointment, "2026-12-04T16:00").await;
        if comes {
            answer(&ben, &appointment, "accepted").await.is(200);
        }
        let mut reminded = 0;
        for hour in 1..=79 {
            app.advance(TimeDelta::hours(1));
            let mails = app.mails().await;
            let of_ride = |mail: &&Mail| {
                let subject = mail.header("Subject");
                subject.starts_with("A reminder") && subject.contains("16:00")
            };
            reminded += mails.iter().filter(of_ride).count();
            if hour == taken_after {
                let ben = ben.later().await;
                need_act(&ben, &ride, "claim").await.is(200);
            }
        }
        assert_eq!(reminded, expected, "{what}");
        let path = format!("{}/reminders", path_of(&appointment));
        let all = ana.later().await.get(&path).await.is(200);
        let skipped = all.to_string().contains("already_reminded");
        assert_eq!(skipped, expected == 0, "{what}");
    }
}

#[tokio::test]
async fn a_handover_that_was_withdrawn_brings_no_other_reminder() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let offsets = json!({ "reminder_minutes": [1440] });
    let appointment = bens_scan(&app, &ana, &ben, offsets).await;
    let ride = driver(&ana, &appointment, "2026-12-04T16:00").await;
    answer(&ben, &appointment, "accepted").await.is(200);
    need_act(&ben, &ride, "claim").await.is(200);
    let mut reminded = 0;
    for hour in 1..=79 {
        app.advance(TimeDelta::hours(1));
        let mails = app.mails().await;
        let of_ride = |mail: &&Mail| {
            let subject = mail.header("Subject");
            subject.starts_with("A reminder") && subject.contains("16:00")
        };
        reminded += mails.iter().filter(of_ride).count();
        // The reminder of the visit was sent, that of the ride would come later on that day.
        if hour == 51 {
            let ben = ben.later().await;
            let handover = hand_over(&ben, "need_id", &ride["id"], None).await;
            act_on(&ben, &handover, "withdraw").await.is(200);
        }
    }
    assert_eq!(reminded, 0);
}

#[tokio::test]
async fn a_ride_home_keeps_its_reminder_after_the_visit_is_completed() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let begun = json!({
        "starts_local": "2026-12-01T08:30", "ends_local": null, "reminder_minutes": [120],
    });
    let appointment = scan(&ana, begun).await;
    let home = driver(&ana, &appointment, "2026-12-01T14:00").await;
    need_act(&ben, &home, "claim").await.is(200);
    act(&ana, &appointment, "complete").await.is(200);
    notification_mails(&app).await;
    app.advance(TimeDelta::hours(3));
    let mails = app.mails().await;
    assert_eq!(recipients(&mails), ["ben"]);
    let subject = mails[0].header("Subject");
    assert!(subject.starts_with("A reminder") && subject.contains("14:00"));
}

#[tokio::test]
async fn reminders_of_an_all_day_appointment_count_from_nine_in_the_time_zone_of_the_circle() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let day = json!({ "starts_on": "2026-12-04", "starts_local": null, "ends_local": null });
    let appointment = bens_scan(&app, &ana, &ben, day).await;
    let path = format!("{}/reminders", path_of(&appointment));
    let planned = async || -> Vec<String> {
        let reminders = ana.get(&path).await.is(200);
        let planned = reminders["data"].as_array().unwrap().iter();
        let planned = planned.filter(|reminder| reminder["state"] == "planned");
        let planned = planned.map(|reminder| reminder["fire_at"].as_str().unwrap().to_owned());
        planned.collect()
    };
    assert_eq!(
        planned().await,
        ["2026-12-03T08:00:00.000Z", "2026-12-04T06:00:00.000Z"]
    );
    let new_york = json!({ "time_zone": "America/New_York" });
    ana.patch("", new_york).await.is(200);
    assert_eq!(
        planned().await,
        ["2026-12-03T14:00:00.000Z", "2026-12-04T12:00:00.000Z"]
    );
    let moved = ana.get(&path_of(&appointment)).await.is(200);
    assert_eq!(moved["schedule_version"], appointment["schedule_version"]);
    let first_of_day = "/appointments?from=2026-12-04T05:00:00Z&to=2026-12-04T05:00:01Z";
    let list = ana.get(first_of_day).await.is(200);
    assert_eq!(list["data"][0]["id"], appointment["id"]);
    app.advance(TimeDelta::hours(54) - TimeDelta::seconds(20));
    let mail = app.mail().await;
    assert_eq!(mail.to, ben.email);
    assert!(mail.text.contains("Fri 4 December 2026\n"), "{}", mail.text);
}

#[tokio::test]
async fn reminder_emails_have_different_subjects_and_form_no_thread() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let often = json!({ "reminder_minutes": [1440, 120, 90] });
    bens_scan(&app, &ana, &ben, often.clone()).await;
    let mut day = often;
    day["starts_on"] = json!("2026-12-04");
    day["starts_local"] = json!(null);
    day["ends_local"] = json!(null);
    bens_scan(&app, &ana, &ben, day).await;
    let mut subjects = Vec::new();
    for _ in 0..=150 {
        app.advance(TimeDelta::minutes(30));
        for mail in app.mails().await {
            assert_eq!(
                (mail.header("References"), mail.header("In-Reply-To")),
                ("", "")
            );
            subjects.push(mail.header("Subject").to_owned());
        }
    }
    subjects.sort_unstable();
    assert_eq!(
        subjects,
        [
            "A reminder from Ana's circle: Fri 4 December (1 day before)",
            "A reminder from Ana's circle: Fri 4 December (2 hours before)",
            "A reminder from Ana's circle: Fri 4 December (90 minutes before)",
            "A reminder from Ana's circle: Fri 4 December, 10:00 (1 day before)",
            "A reminder from Ana's circle: Fri 4 December, 10:00 (2 hours before)",
            "A reminder from Ana's circle: Fri 4 December, 10:00 (90 minutes before)",
        ]
    );
}

#[tokio::test]
async fn a_reminder_at_the_start_of_an_appointment_is_sent() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    bens_scan(&app, &ana, &ben, json!({ "reminder_minutes": [0] })).await;
    app.advance(TimeDelta::hours(73) - TimeDelta::seconds(20));
    let mail = app.mail().await;
    assert_eq!(
        mail.header("Subject"),
        "A reminder from Ana's circle: Fri 4 December, 10:00 (now)"
    );
    assert_eq!(mail.to, ben.email);
}
