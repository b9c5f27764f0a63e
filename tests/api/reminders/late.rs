//! A member who accepts something late is still reminded of it, once. Nobody is reminded while
//! the circle is scheduled for deletion, and nobody is reminded twice after a change of zone.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::appointments::{act, path_of, reschedule, scan};
use crate::harness::{Client, Mail, Person, TestApp};
use crate::needs::add_need;

/// All items start on 4 December at 10:00 in Berlin: 73 hours after the start of a test.
const START: TimeDelta = TimeDelta::hours(73);

/// The ways to take part in an item. Add a new way here.
const WAYS: [&str; 5] = ["claim", "accept", "take", "be asked and take", "attend"];

/// An item for two members, and the operations that accept and release it.
struct Item {
    path: String,
    overview: String,
    yes: (&'static str, Value),
    no: (&'static str, Value),
}

impl Item {
    async fn create(app: &TestApp, way: &str, offsets: &Value, ana: &Person, ben: &Person) -> Self {
        let to_ben = json!({ "member_id": ben.member_id });
        let off = offsets == &json!([]);
        let item = match way {
            "claim" | "accept" => {
                let task = ana
                    .task(json!({
                        "title": "Sit", "due_local": "2026-12-04T10:00", "people_needed": 2,
                        "reminder_minutes": offsets, "reminders_off": off,
                    }))
                    .await;
                let path = format!("/tasks/{}", task["id"].as_str().unwrap());
                if way == "accept" {
                    ana.post(&format!("{path}/offer"), to_ben).await.is(200);
                }
                Self {
                    overview: format!("{path}/reminders"),
                    path,
                    yes: (if way == "accept" { "accept" } else { "claim" }, json!({})),
                    no: ("release", json!({})),
                }
            }
            "take" | "be asked and take" => {
                let appointment = json!({ "without_attendees": true, "reminder_minutes": offsets, "reminders_off": off });
                let appointment = scan(ana, appointment).await;
                let need = json!({ "kind": "driver", "people_needed": 2 });
                let need = add_need(ana, &appointment, need).await;
                let path = format!("/needs/{}", need["id"].as_str().unwrap());
                if way != "take" {
                    ana.post(&format!("{path}/offer"), to_ben).await.is(200);
                }
                Self {
                    overview: format!("{}/reminders", path_of(&appointment)),
                    path,
                    yes: ("claim", json!({})),
                    no: ("release", json!({})),
                }
            }
            "attend" => {
                let walk = json!({
                    "without_attendees": true, "reminder_minutes": offsets, "reminders_off": off, "topic": "daily",
                });
                let appointment = scan(ana, walk).await;
                Self {
                    path: path_of(&appointment),
                    overview: format!("{}/reminders", path_of(&appointment)),
                    yes: ("attendees/me/respond", json!({ "response": "accepted" })),
                    no: ("attendees/me/respond", json!({ "response": "declined" })),
                }
            }
            other => panic!("{other}: add to `Item::create` how a member takes part"),
        };
        // Sends the notifications about the new item, so that later mails do not contain them.
        app.advance(TimeDelta::seconds(20));
        app.mails().await;
        item
    }

    async fn perform(&self, by: &Client, (verb, body): &(&'static str, Value)) {
        let path = format!("{}/{verb}", self.path);
        by.post(&path, body.clone()).await.is(200);
    }

    /// The reminders that belong to one member, each as its offset in minutes and its state.
    async fn personal_reminders(&self, by: &Client) -> Vec<String> {
        let all = by.get(&self.overview).await.is(200);
        let line = |row: &Value| {
            let state = row["state"].as_str().unwrap();
            format!("{} {state}", row["minutes_before"])
        };
        let rows = all["data"].as_array().unwrap().iter();
        rows.filter(|row| !row["member_id"].is_null())
            .map(line)
            .collect()
    }
}

/// The reminders among the mails, each as the first word of its subject and its recipient.
fn reminders(mails: &[Mail]) -> Vec<String> {
    let is_one = |mail: &&Mail| {
        let subject = mail.header("Subject");
        subject.starts_with("A reminder") || subject.starts_with("You said yes")
    };
    let mut to: Vec<_> = mails
        .iter()
        .filter(is_one)
        .map(|mail| {
            assert!(mail.text.contains("Fri 4 December 2026"), "{}", mail.text);
            let (name, _) = mail.to.split_once('@').unwrap();
            let kind = mail.header("Subject").split_once(' ').unwrap().0;
            format!("{kind} {name}")
        })
        .collect();
    to.sort_unstable();
    to
}

/// The reminders that are sent until the item is over: hours before its start, and recipient.
/// It looks once an hour.
async fn sent_until_the_end(app: &TestApp, from_start: TimeDelta) -> Vec<String> {
    let mut sent = Vec::new();
    let mut left = START - from_start;
    while left > -TimeDelta::hours(2) {
        for one in reminders(&app.mails().await) {
            sent.push(format!("{} {one}", left.num_hours()));
        }
        app.advance(TimeDelta::hours(1));
        left -= TimeDelta::hours(1);
    }
    sent
}

#[tokio::test]
async fn a_member_who_takes_part_late_is_reminded_once_at_a_sensible_time() {
    for (offsets, hours_before, expected) in [
        // In time: reminded like all members.
        (json!([1440, 120]), 48, &["24 A ben", "2 A ben"][..]),
        // The next offset is still ahead.
        (json!([1440, 120]), 23, &["2 A ben"]),
        // No offset is ahead: reminded two hours before the start.
        (json!([1440]), 23, &["2 A ben"]),
        // Too late for that: a confirmation with the time, at once.
        (json!([1440]), 1, &["1 You ben"]),
        (json!([1440, 120]), 1, &["1 You ben"]),
        // A small offset is still ahead.
        (json!([30]), 1, &["0 A ben"]),
        // The item has no reminders.
        (json!([]), 1, &[]),
    ] {
        for way in WAYS {
            let app = TestApp::start().await;
            let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
            let item = Item::create(&app, way, &offsets, &ana, &ben).await;
            let late = START - TimeDelta::hours(hours_before);
            app.advance(late - TimeDelta::seconds(20));
            app.mails().await;
            item.perform(&ben.later().await, &item.yes).await;
            let sent = sent_until_the_end(&app, late).await;
            assert_eq!(sent, expected, "{way} {offsets} {hours_before}");
        }
    }
}

#[tokio::test]
async fn a_member_is_not_reminded_again_because_another_member_joins() {
    for way in WAYS {
        let app = TestApp::start().await;
        let [ana, ben, _cem] = app.circle(["coordinator", "caregiver", "caregiver"]).await;
        let item = Item::create(&app, way, &json!([1440]), &ana, &ben).await;
        let first = if way == "accept" {
            ("claim", json!({}))
        } else {
            item.yes.clone()
        };
        item.perform(&ana, &first).await;
        let late = START - TimeDelta::hours(23);
        app.advance(late - TimeDelta::seconds(20));
        assert_eq!(reminders(&app.mails().await), ["A ana"], "{way}");
        item.perform(&ben.later().await, &item.yes).await;
        assert_eq!(sent_until_the_end(&app, late).await, ["2 A ben"], "{way}");
    }
}

#[tokio::test]
async fn released_work_reminds_nobody_and_claiming_it_again_reminds_once() {
    for way in WAYS {
        let app = TestApp::start().await;
        let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
        let item = Item::create(&app, way, &json!([1440]), &ana, &ben).await;
        let again = if way == "accept" {
            ("claim", json!({}))
        } else {
            item.yes.clone()
        };
        let late = START - TimeDelta::hours(23);
        app.advance(late - TimeDelta::seconds(20));
        app.mails().await;
        let later = ben.later().await;
        item.perform(&later, &item.yes).await;
        assert_eq!(
            item.personal_reminders(&ana.later().await).await,
            ["120 planned"],
            "{way}"
        );
        item.perform(&later, &item.no).await;
        assert_eq!(
            item.personal_reminders(&ana.later().await).await,
            ["120 canceled"],
            "{way}"
        );
        for _ in 0..2 {
            item.perform(&later, &again).await;
            item.perform(&later, &item.no).await;
        }
        item.perform(&later, &again).await;
        assert_eq!(
            item.personal_reminders(&ana.later().await).await,
            ["120 planned"],
            "{way}"
        );
        app.advance(TimeDelta::seconds(20));
        app.mails().await;
        assert_eq!(sent_until_the_end(&app, late).await, ["2 A ben"], "{way}");

        // Too late for reminders: one confirmation, however often the member changes their mind.
        let app = TestApp::start().await;
        let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
        let item = Item::create(&app, way, &json!([1440]), &ana, &ben).await;
        let late = START - TimeDelta::hours(1);
        app.advance(late - TimeDelta::seconds(20));
        app.mails().await;
        let later = ben.later().await;
        item.perform(&later, &item.yes).await;
        assert_eq!(reminders(&app.mails().await), ["You ben"], "{way}");
        item.perform(&later, &item.no).await;
        item.perform(&later, &again).await;
        assert_eq!(sent_until_the_end(&app, late).await, [""; 0], "{way}");
    }
}

#[tokio::test]
async fn a_member_who_loses_work_claimed_late_is_not_reminded_of_it() {
    for how in ["leave", "suspend", "hide", "cancel", "reschedule"] {
        for way in ["claim", "take", "attend"] {
            let app = TestApp::start().await;
            let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
            let item = Item::create(&app, way, &json!([1440]), &ana, &ben).await;
            let late = START - TimeDelta::hours(23);
            app.advance(late - TimeDelta::seconds(20));
            let (ana, later) = (ana.later().await, ben.later().await);
            item.perform(&later, &item.yes).await;
            let member = format!("/members/{}", ben.member_id);
            let whole = item.overview.replace("/reminders", "");
            match how {
                "leave" => later.post("/leave", json!({})).await,
                "suspend" => ana.post(&format!("{member}/suspend"), json!({})).await,
                "hide" => {
                    let none = json!({ "daily": "none" });
                    ana.patch(&format!("{member}/topics"), none).await
                }
                "reschedule" if way == "claim" => {
                    let time = json!({ "due_local": "2026-12-20T10:00" });
                    ana.patch(&whole, time).await
                }
                verb => {
                    let time = json!({ "starts_local": "2026-12-20T10:00" });
                    ana.post(&format!("{whole}/{verb}"), time).await
                }
            }
            .is(200);
            assert_eq!(sent_until_the_end(&app, late).await, [""; 0], "{how} {way}");
        }
    }
}

#[tokio::test]
async fn an_item_created_for_this_afternoon_is_reminded_this_afternoon() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    // The test starts at 9:00 in Berlin.
    let task = ana
        .task(json!({ "title": "Sit", "due_local": "2026-12-01T14:00" }))
        .await;
    ben.task_act(&task, "claim").await.is(200);
    let today = json!({
        "starts_local": "2026-12-01T14:00", "ends_local": null,
        "attendee_member_ids": [ana.member_id], "reminder_minutes": [2880],
    });
    let appointment = scan(&ana, today).await;
    for (path, minutes) in [
        (
            format!("/tasks/{}/reminders", task["id"].as_str().unwrap()),
            120,
        ),
        (format!("{}/reminders", path_of(&appointment)), 120),
    ] {
        let all = ana.get(&path).await.is(200);
        assert_eq!(all["data"].as_array().unwrap().len(), 1);
        assert_eq!(all["data"][0]["minutes_before"], minutes);
    }
    app.advance(TimeDelta::hours(3) - TimeDelta::seconds(1));
    app.mails().await;
    app.advance(TimeDelta::seconds(1));
    let mails = app.mails().await;
    assert_eq!(mails.len(), 2, "{mails:#?}");

    // After a move to next week the reminder is one day before again.
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    let ana = ana.later().await;
    ana.patch(&path, json!({ "due_local": "2026-12-08T14:00" }))
        .await
        .is(200);
    let all = ana.get(&format!("{path}/reminders")).await.is(200);
    assert_eq!(all["data"][1]["fire_at"], "2026-12-07T13:00:00.000Z");
}

#[tokio::test]
async fn a_window_and_a_ride_remind_before_they_begin() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let night = json!({
        "title": "Night", "starts_local": "2026-12-03T22:00", "due_local": "2026-12-04T06:00",
        "reminder_minutes": [120],
    });
    let night = ana.task(night).await;
    ben.task_act(&night, "claim").await.is(200);
    let appointment = scan(
        &ana,
        json!({ "without_attendees": true, "reminder_minutes": [120] }),
    )
    .await;
    let ride = json!({ "kind": "driver", "starts_local": "2026-12-04T07:30" });
    let ride = add_need(&ana, &appointment, ride).await;
    ben.act(&format!("/needs/{}/claim", ride["id"].as_str().unwrap()))
        .await
        .is(200);
    for (hours, minutes, time) in [
        (59, 0, "Thu 3 December 2026, 22:00"),
        (9, 30, "Fri 4 December 2026, 07:30"),
    ] {
        app.advance(TimeDelta::minutes(hours * 60 + minutes) - TimeDelta::seconds(1));
        assert_eq!(reminders_any(&app).await.len(), 0);
        app.advance(TimeDelta::seconds(1));
        let sent = reminders_any(&app).await;
        assert_eq!(sent.len(), 1);
        assert!(sent[0].text.contains(time), "{}", sent[0].text);
    }
}

async fn reminders_any(app: &TestApp) -> Vec<Mail> {
    let mut mails = app.mails().await;
    mails.retain(|mail| mail.header("Subject").starts_with("A reminder"));
    mails
}

async fn planned(by: &Client, path: &str) -> Vec<String> {
    let all = by.get(&format!("{path}/reminders")).await.is(200);
    let rows = all["data"].as_array().unwrap().iter();
    let rows = rows.filter(|row| row["state"] == "planned");
    rows.map(|row| row["fire_at"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_new_time_zone_of_the_circle_moves_planned_reminders_and_repeats_none() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let day = json!({
        "starts_on": "2026-12-04", "starts_local": null, "ends_local": null,
        "attendee_member_ids": [ben.member_id],
    });
    let appointment = scan(&ana, day.clone()).await;
    let off = scan(&ana, day).await;
    act(&ana, &off, "cancel").await.is(200);
    let task = ana
        .task(json!({ "title": "Forms", "due_on": "2026-12-04" }))
        .await;
    ben.task_act(&task, "claim").await.is(200);
    app.advance(TimeDelta::hours(48));
    assert_eq!(reminders(&app.mails().await), ["A ben", "A ben"]);

    let ana = ana.later().await;
    let log = ana.get("/activity").await.is(200)["data"]
        .as_array()
        .unwrap()
        .len();
    ana.patch("", json!({ "time_zone": "America/New_York" }))
        .await
        .is(200);
    let after = ana.get("/activity").await.is(200)["data"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(
        after,
        log + 1,
        "the log has only the change of the circle, and no moves of items"
    );
    assert_eq!(
        planned(&ana, &path_of(&appointment)).await,
        ["2026-12-04T12:00:00.000Z"]
    );
    act(&ana, &off, "reinstate").await.is(200);
    assert_eq!(
        planned(&ana, &path_of(&off)).await,
        ["2026-12-03T14:00:00.000Z", "2026-12-04T12:00:00.000Z"]
    );
    act(&ana, &off, "cancel").await.is(200);
    app.advance(TimeDelta::hours(28) - TimeDelta::seconds(1));
    assert_eq!(reminders(&app.mails().await), [""; 0]);
    app.advance(TimeDelta::seconds(1));
    assert_eq!(reminders(&app.mails().await), ["A ben"]);
}

#[tokio::test]
async fn items_created_in_the_past_or_moved_there_remind_nobody() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let over = json!({
        "starts_local": "2026-11-30T10:00", "ends_local": "2026-11-30T11:00",
        "attendee_member_ids": [ana.member_id, ben.member_id],
    });
    let over = scan(&ana, over).await;
    let ride = add_need(&ana, &over, json!({ "kind": "driver" })).await;
    ben.act(&format!("/needs/{}/claim", ride["id"].as_str().unwrap()))
        .await
        .is(200);
    act(&ana, &over, "cancel").await.is(200);
    act(&ana, &over, "reinstate").await.is(200);
    let coming = scan(&ana, json!({ "attendee_member_ids": [ben.member_id] })).await;
    let past = json!({ "starts_local": "2026-11-29T10:00" });
    reschedule(&ana, &coming, past).await.is(200);
    for appointment in [&over, &coming] {
        assert_eq!(planned(&ana, &path_of(appointment)).await, [""; 0]);
    }
    app.advance(TimeDelta::days(4));
    assert_eq!(reminders(&app.mails().await), [""; 0]);
}

#[tokio::test]
async fn a_circle_scheduled_for_deletion_mails_nobody_until_the_deletion_is_canceled() {
    // Hours before the start at which the deletion is canceled, and the mails after that.
    for (kept, expected) in [
        (30, &["24 A ben", "2 A ben"][..]),
        (20, &["2 A ben"]),
        (1, &["1 You ben"]),
    ] {
        for way in ["claim", "take", "attend"] {
            let app = TestApp::start().await;
            let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
            let item = Item::create(&app, way, &json!([1440, 120]), &ana, &ben).await;
            item.perform(&ben, &item.yes).await;
            let role = ana.post("/roles", json!({ "kind": "pets" })).await.is(201);
            let offer = format!("/roles/{}/offer", role["id"].as_str().unwrap());
            let to_ben = json!({ "member_id": ben.member_id });
            ana.post(&offer, to_ben.clone()).await.is(200);
            ana.put("/deletion").await.is(200);
            let told = app.mails().await;
            assert_eq!(
                told.len(),
                2,
                "each member gets one mail, and no notifications"
            );
            app.advance(TimeDelta::seconds(20));
            assert_eq!(app.mails().await.len(), 0);
            let all = ana.get(&item.overview).await.is(200);
            for reminder in all["data"].as_array().unwrap() {
                assert_eq!(reminder["state"], "canceled");
            }
            // Changes during this time are not mailed either.
            let task = ana
                .task(json!({ "title": "a", "due_local": "2026-12-02T10:00" }))
                .await;
            ben.task_act(&task, "claim").await.is(200);
            ana.task_act(&task, "cancel").await.is(200);

            let late = START - TimeDelta::hours(kept);
            app.advance(late - TimeDelta::seconds(40));
            assert_eq!(app.mails().await.len(), 0);
            ana.later().await.delete("/deletion").await.is(204);
            let sent = sent_until_the_end(&app, late).await;
            assert_eq!(sent, expected, "{way} {kept}");
        }
    }
}

#[tokio::test]
async fn canceling_a_deletion_does_not_tell_an_attendee_without_response_that_they_accepted() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    scan(&ana, json!({ "attendee_member_ids": [ben.member_id] })).await;
    ana.put("/deletion").await.is(200);
    let late = START - TimeDelta::hours(1);
    app.advance(late);
    app.mails().await;
    ana.later().await.delete("/deletion").await.is(204);
    assert_eq!(sent_until_the_end(&app, late).await, [""; 0]);
}

#[tokio::test]
async fn a_waiting_reminder_is_skipped_when_the_circle_is_scheduled_for_deletion() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let item = Item::create(&app, "claim", &json!([1440]), &ana, &ben).await;
    item.perform(&ben, &item.yes).await;
    app.advance(TimeDelta::hours(49));
    kith::notify::reminders::fire_due_reminders(&app.app)
        .await
        .unwrap();
    let ana = ana.later().await;
    ana.put("/deletion").await.is(200);
    assert_eq!(app.mails().await.len(), 2);
    let all = ana.get(&item.overview).await.is(200);
    let delivery = &all["data"][0]["deliveries"][0];
    assert_eq!(
        (&delivery["state"], &delivery["reason"]),
        (&json!("skipped"), &json!("circle_ending"))
    );
}

#[tokio::test]
async fn a_second_request_for_deletion_by_the_patient_tells_nobody_again() {
    let app = TestApp::start().await;
    let [ana, rosa] = app.circle(["coordinator", "patient"]).await;
    ana.put("/deletion").await.is(200);
    assert_eq!(app.mails().await.len(), 2);
    rosa.put("/deletion").await.is(200);
    assert_eq!(app.mails().await.len(), 0);
    ana.delete("/deletion").await.is_problem(403, "forbidden");
    rosa.delete("/deletion").await.is(204);
    assert_eq!(app.mails().await.len(), 2);
}

#[tokio::test]
async fn a_person_whose_account_is_scheduled_for_deletion_gets_no_mail_of_the_circle() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let item = Item::create(&app, "claim", &json!([1440]), &ana, &ben).await;
    item.perform(&ben, &item.yes).await;
    let appointment = scan(&ana, json!({ "attendee_member_ids": [ben.member_id] })).await;
    ben.put("/v1/me/deletion").await.is(200);
    app.mails().await;
    let ana_now = ana.later().await;
    let time = json!({ "starts_local": "2026-12-06T10:00" });
    reschedule(&ana_now, &appointment, time).await.is(200);
    app.advance(TimeDelta::days(6));
    let to_ben = app.mails().await;
    let to_ben: Vec<_> = to_ben.iter().filter(|mail| mail.to == ben.email).collect();
    assert_eq!(to_ben.len(), 0, "{to_ben:#?}");
}
