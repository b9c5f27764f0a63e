//! Appointments over several days: all day with `ends_on`, or at a time with an end on a later day.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{answer, notification_mails, path_of, recipients, reminders, reschedule, scan};
use crate::harness::{Client, Person, TestApp};
use crate::needs::{add_need, need_act, need_path};

/// A stay from 4 to 7 December to which these members are asked. Its texts contain "canary".
async fn stay(by: &Client, attendees: &[&Person]) -> Value {
    let attendees: Vec<&str> = attendees
        .iter()
        .map(|person| person.member_id.as_str())
        .collect();
    let stay = json!({
        "starts_on": "2026-12-04", "ends_on": "2026-12-07", "starts_local": null,
        "ends_local": null, "topic": "daily", "attendee_member_ids": attendees,
    });
    scan(by, stay).await
}

/// The dates of an item.
fn days(item: &Value) -> [&Value; 2] {
    [&item["starts_on"], &item["ends_on"]]
}

#[tokio::test]
async fn an_appointment_can_take_several_days() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let stay = stay(&ana, &[&ana]).await;
    assert_eq!(days(&stay), ["2026-12-04", "2026-12-07"]);
    assert_eq!(
        [&stay["starts_at"], &stay["ends_at"], &stay["time_zone"]],
        [&json!(null); 3]
    );
    // What ends on its first date takes one day.
    let one = json!({ "title": "a", "starts_on": "2027-01-02", "ends_on": "2027-01-02" });
    let one = ana.post("/appointments", one).await.is(201);
    assert_eq!(days(&one), [&json!("2027-01-02"), &json!(null)]);
    let year = json!({ "title": "a", "starts_on": "2027-01-01", "ends_on": "2028-01-01" });
    ana.post("/appointments", year).await.is(201);
}

#[tokio::test]
async fn the_last_day_must_fit_the_first_one() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let (on, local) = ("2027-01-02", "2027-01-02T10:00");
    for (body, faults) in [
        (
            json!({ "ends_on": on }),
            vec!["/ends_on end_without_start", "/starts_local required"],
        ),
        (
            json!({ "starts_local": local, "ends_on": "2027-01-03" }),
            vec!["/ends_on end_without_start"],
        ),
        (
            json!({ "starts_on": on, "ends_on": "2027-01-01" }),
            vec!["/ends_on start_after_end"],
        ),
        (
            json!({ "starts_on": on, "ends_on": "2028-01-03" }),
            vec!["/ends_on lasts_too_long"],
        ),
        (
            json!({ "starts_local": local, "ends_local": "2028-01-03T10:01" }),
            vec!["/ends_local lasts_too_long"],
        ),
    ] {
        let stay = scan(&ana, json!({})).await;
        let mut moved = reschedule(&ana, &stay, body.clone()).await.is_invalid();
        moved.sort();
        assert_eq!(moved, faults, "{body}");
        let mut new = body.clone();
        new["title"] = json!("a");
        let mut created = ana.post("/appointments", new).await.is_invalid();
        created.sort();
        assert_eq!(created, faults, "{body}");
    }
    let visit = scan(&ana, json!({})).await;
    let both = json!({ "starts_on": on, "ends_on": "2027-01-03", "without_end": true });
    let refused = reschedule(&ana, &visit, both).await;
    assert_eq!(refused.is_invalid(), ["/without_end end_and_without"]);
}

#[tokio::test]
async fn a_rescheduled_stay_keeps_its_number_of_days_unless_another_end_is_sent() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let stay = stay(&ana, &[&ana]).await;
    let moved = reschedule(&ana, &stay, json!({ "starts_on": "2026-12-29" })).await;
    let moved = moved.is(200);
    assert_eq!(days(&moved), ["2026-12-29", "2027-01-01"]);
    let same = reschedule(&ana, &stay, json!({ "starts_on": "2026-12-29" })).await;
    assert_eq!(same.is(200)["version"], moved["version"]);
    let shorter = json!({ "starts_on": "2026-12-29", "ends_on": "2026-12-30" });
    let shorter = reschedule(&ana, &stay, shorter).await.is(200);
    assert_eq!(days(&shorter), ["2026-12-29", "2026-12-30"]);
    let one_day = json!({ "starts_on": "2026-12-29", "without_end": true });
    let one_day = reschedule(&ana, &stay, one_day).await.is(200);
    assert_eq!(days(&one_day), [&json!("2026-12-29"), &json!(null)]);
    // From days to a time, there is no length to keep.
    let several = json!({ "starts_on": "2026-12-29", "ends_on": "2026-12-30" });
    reschedule(&ana, &stay, several).await.is(200);
    let timed = json!({ "starts_local": "2026-12-29T10:00" });
    let timed = reschedule(&ana, &stay, timed).await.is(200);
    assert_eq!(days(&timed), [&json!(null); 2]);
    assert_eq!(timed["ends_local"], json!(null));
}

#[tokio::test]
async fn another_last_day_asks_nobody_again_and_is_told_with_both_dates() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "helper"]).await;
    let stay = stay(&ana, &[&ben]).await;
    let care = add_need(&ana, &stay, json!({ "kind": "child_care" })).await;
    answer(&ben, &stay, "accepted").await.is(200);
    need_act(&cem, &care, "claim").await.is(200);
    notification_mails(&app).await;
    let asked = "Something ends at another time. You are asked whether you can.";
    let told = "Something ends at another time now.";
    for (last, in_words, line, part) in [
        ("2026-12-09", "Wed 9 December 2026", asked, "offered"),
        ("2026-12-05", "Sat 5 December 2026", told, "accepted"),
    ] {
        let to = json!({ "starts_on": "2026-12-04", "ends_on": last });
        let moved = reschedule(&ana, &stay, to).await.is(200);
        assert_eq!(days(&moved), ["2026-12-04", last]);
        assert_eq!(moved["schedule_version"], 1);
        let mails = notification_mails(&app).await;
        assert_eq!(recipients(&mails), ["ben", "cem"], "{last}");
        for (mail, line) in mails.iter().zip([told, line]) {
            let line = format!("- {line}\n  When: Fri 4 December 2026 to {in_words}\n");
            assert!(mail.text.contains(&line), "{}", mail.text);
            let whole = format!("{} {} {}", mail.headers, mail.text, mail.html);
            assert!(!whole.to_lowercase().contains("canary"), "{whole}");
        }
        let visit = ben.get(&path_of(&stay)).await.is(200);
        let need = cem.get(&need_path(&care)).await.is(200);
        assert_eq!(visit["my_response"], "accepted");
        assert_eq!(need["my_assignment"], part, "{last}");
        need_act(&cem, &care, "claim").await.is(200);
    }
}

#[tokio::test]
async fn a_moved_stay_is_told_with_its_former_first_day_and_both_new_days() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let stay = stay(&ana, &[&ben]).await;
    notification_mails(&app).await;
    reschedule(&ana, &stay, json!({ "starts_on": "2026-12-08" }))
        .await
        .is(200);
    let mails = notification_mails(&app).await;
    assert_eq!(recipients(&mails), ["ben"]);
    let times = "It was: Fri 4 December 2026\n  \
                 It is now: Tue 8 December 2026 to Fri 11 December 2026\n";
    assert!(mails[0].text.contains(times), "{}", mails[0].text);
}

#[tokio::test]
async fn the_needs_of_a_stay_take_as_long_and_move_with_it() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let stay = stay(&ana, &[&ana]).await;
    let company = add_need(&ana, &stay, json!({ "kind": "companion" })).await;
    assert_eq!(days(&company), ["2026-12-04", "2026-12-07"]);
    let home = json!({ "kind": "driver", "starts_local": "2026-12-07T16:00" });
    let home = add_need(&ana, &stay, home).await;
    assert_eq!(days(&home), [&json!(null); 2]);
    reschedule(&ana, &stay, json!({ "starts_on": "2026-12-11" }))
        .await
        .is(200);
    let company = ana.get(&need_path(&company)).await.is(200);
    assert_eq!(days(&company), ["2026-12-11", "2026-12-14"]);
    let home = ana.get(&need_path(&home)).await.is(200);
    assert_eq!(home["starts_local"], "2026-12-14T16:00");
}

#[tokio::test]
async fn a_stay_is_listed_on_each_of_its_days() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let stay = stay(&ana, &[&ana]).await;
    let need = add_need(&ana, &stay, json!({ "kind": "companion" })).await;
    need_act(&ana, &need, "claim").await.is(200);
    // Midnight in Berlin is at 23:00 UTC.
    for (from, to, is_listed) in [
        ("2026-12-02T23:00:00Z", "2026-12-03T23:00:00Z", false),
        ("2026-12-02T23:00:00Z", "2026-12-03T23:00:01Z", true),
        ("2026-12-03T23:00:00Z", "2026-12-04T23:00:00Z", true),
        ("2026-12-05T10:00:00Z", "2026-12-05T10:00:01Z", true),
        ("2026-12-07T22:59:59Z", "2026-12-08T10:00:00Z", true),
        ("2026-12-07T23:00:00Z", "2026-12-08T10:00:00Z", false),
    ] {
        for (path, count) in [("/appointments", 1), ("/needs", 1), ("/v1/me/agenda", 2)] {
            let window = format!("{path}?from={from}&to={to}");
            let page = ana.get(&window).await.is(200);
            let items = page["data"].as_array().unwrap();
            assert_eq!(items.len(), if is_listed { count } else { 0 }, "{window}");
            for item in items {
                assert_eq!(item["ends_on"], "2026-12-07", "{window}");
            }
        }
    }
    // For a reader in the west its last day lasts longer.
    let west = json!({ "time_zone": "America/Los_Angeles" });
    ana.patch("/v1/me", west).await.is(200);
    let late = "/appointments?from=2026-12-08T07:59:59Z";
    assert_eq!(ana.get(late).await.is(200)["data"][0]["id"], stay["id"]);
    let over = "/appointments?from=2026-12-08T08:00:00Z";
    assert_eq!(ana.get(over).await.is(200)["data"], json!([]));
}

#[tokio::test]
async fn the_agenda_begins_with_what_runs_now() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    // It is 1 December.
    for (title, time) in [
        (
            "over",
            json!({ "starts_on": "2026-11-27", "ends_on": "2026-11-30" }),
        ),
        (
            "until today",
            json!({ "starts_on": "2026-11-28", "ends_on": "2026-12-01" }),
        ),
        (
            "until tomorrow",
            json!({ "starts_on": "2026-11-29", "ends_on": "2026-12-02" }),
        ),
        (
            "until noon",
            json!({ "starts_local": "2026-11-29T18:00", "ends_local": "2026-12-01T12:00" }),
        ),
        ("today", json!({ "starts_on": "2026-12-01" })),
    ] {
        let mut body = time;
        body["title"] = json!(title);
        body["attendee_member_ids"] = json!([ana.member_id]);
        ana.post("/appointments", body).await.is(201);
    }
    let agenda = ana.get("/v1/me/agenda").await.is(200);
    let titles = agenda["data"].as_array().unwrap().iter();
    let titles: Vec<&str> = titles.map(|item| item["title"].as_str().unwrap()).collect();
    assert_eq!(
        titles,
        ["until today", "until tomorrow", "until noon", "today"]
    );
}

#[tokio::test]
async fn members_are_reminded_before_the_first_day_and_told_both() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let stay = stay(&ana, &[&ben]).await;
    notification_mails(&app).await;
    let planned = ["1 120 planned", "1 1440 planned"];
    assert_eq!(reminders(&ana, &stay).await, planned);
    // At 09:00 in Berlin, a day before and two hours before.
    app.advance(TimeDelta::hours(48) - TimeDelta::seconds(20));
    for after in [0, 22] {
        app.advance(TimeDelta::hours(after));
        let mail = app.mail().await;
        assert_eq!(mail.to, ben.email);
        let days = "Fri 4 December 2026 to Mon 7 December 2026\n";
        assert!(mail.text.contains(days), "{}", mail.text);
    }
    app.advance(TimeDelta::days(7));
    assert!(app.mails().await.is_empty());
}

#[tokio::test]
async fn a_change_is_told_until_the_last_day_is_over() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    // It is 1 December: one stay goes on until tomorrow, the other is over.
    for (last, told) in [("2026-12-02", 1), ("2026-11-30", 0)] {
        let stay = json!({
            "starts_on": "2026-11-28", "ends_on": last, "starts_local": null,
            "ends_local": null, "attendee_member_ids": [ben.member_id],
        });
        let stay = scan(&ana, stay).await;
        assert_eq!(notification_mails(&app).await.len(), told, "{last}");
        let place = json!({ "location": "Canary room" });
        ana.patch(&path_of(&stay), place).await.is(200);
        assert_eq!(notification_mails(&app).await.len(), told, "{last}");
        let cancel = format!("{}/cancel", path_of(&stay));
        ana.act(&cancel).await.is(200);
        assert_eq!(notification_mails(&app).await.len(), told, "{last}");
    }
}

#[tokio::test]
async fn a_stay_in_the_exported_calendar_ends_on_the_day_after_its_last_one() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    stay(&ana, &[&ana]).await;
    let calendar = ana.act("/v1/me/export/calendar").await.text;
    let dates = "DTSTART;VALUE=DATE:20261204\r\nDTEND;VALUE=DATE:20261208\r\n";
    assert!(calendar.contains(dates), "{calendar}");
    app.mails().await;
}
