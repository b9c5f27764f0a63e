//! Calendar invitations in emails: who gets one, and what it does to the calendar of its reader.

use std::slice::from_ref;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{invite, says};
use crate::appointments::{act, answer, notification_mails, path_of, recipients, reschedule, scan};
use crate::harness::{Mail, Person, TestApp};
use crate::needs::{add_need, need_act, offer_need};

/// A calendar file, with its lines unfolded.
struct Calendar(Vec<String>);

impl Calendar {
    fn read(file: &str) -> Self {
        assert!(file.split("\r\n").all(|line| line.len() <= 75), "{file}");
        assert!(!file.replace("\r\n", "").contains(['\r', '\n']), "{file}");
        let lines = file.replace("\r\n ", "");
        Self(lines.split("\r\n").map(str::to_owned).collect())
    }

    /// The values of all lines that begin like this.
    fn all(&self, start: &str) -> Vec<&str> {
        let lines = self.0.iter();
        lines.filter_map(|line| line.strip_prefix(start)).collect()
    }

    /// The value of the only line that begins like this.
    #[track_caller]
    fn value(&self, start: &str) -> &str {
        let all = self.all(start);
        assert_eq!(all.len(), 1, "{start}: {:?}", self.0);
        all[0]
    }

    fn sequence(&self) -> i64 {
        self.value("SEQUENCE:").parse().unwrap()
    }
}

/// The invitation in the only email that has one, which must be attached too.
async fn invitation(app: &TestApp, to: &Person) -> (Mail, Calendar) {
    let mut mails = notification_mails(app).await;
    mails.retain(|mail| mail.invitation.is_some());
    assert_eq!(mails.len(), 1, "{mails:#?}");
    let mail = mails.into_iter().next().unwrap();
    assert_eq!(mail.to, to.email);
    let file = mail.invitation.clone().expect("an invitation");
    assert_eq!(mail.files, from_ref(&file));
    (mail, Calendar::read(&file))
}

async fn asked(by: &Person, whom: &Person, more: Value) -> Value {
    let mut body = json!({ "attendee_member_ids": [whom.member_id] });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    scan(by, body).await
}

#[tokio::test]
async fn who_is_asked_to_come_gets_an_invitation_that_says_no_more_than_the_mail() {
    let app = TestApp::start().await;
    let [ana, ben, _cem] = app.circle(["coordinator", "caregiver", "caregiver"]).await;
    asked(&ana, &ben, json!({})).await;
    let mails = notification_mails(&app).await;
    assert_eq!(recipients(&mails), ["ben", "cem"]);
    let [to_ben, to_cem] = &mails[..] else {
        unreachable!("two emails")
    };
    assert!(to_cem.invitation.is_none() && to_cem.files.is_empty());
    let file = to_ben.invitation.as_deref().unwrap();
    assert_eq!(to_ben.files, [file]);
    assert!(!file.to_lowercase().contains("canary"), "{file}");
    let calendar = Calendar::read(file);
    for (start, value) in [
        ("METHOD:", "REQUEST"),
        ("STATUS:", "CONFIRMED"),
        ("TZID:", "Europe/Berlin"),
        ("DTSTART;TZID=Europe/Berlin:", "20261204T100000"),
        ("DTEND;TZID=Europe/Berlin:", "20261204T110000"),
        ("SUMMARY:", "Appointment (Ana's circle)"),
        ("CLASS:", "PRIVATE"),
        ("ORGANIZER;CN=\"Ana's circle\":", "mailto:ana@kith.example"),
    ] {
        assert_eq!(calendar.value(start), value);
    }
    let attendee = "CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=FALSE";
    let attendee = format!("{attendee}:mailto:{}", ben.email);
    assert_eq!(calendar.value("ATTENDEE;"), attendee);
    assert_eq!(calendar.all("BEGIN:VEVENT").len(), 1);
    assert!(calendar.all("LOCATION").is_empty());
}

#[tokio::test]
async fn each_change_has_the_same_uid_and_a_higher_sequence_until_it_is_canceled() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let appointment = asked(&ana, &ben, json!({})).await;
    let (_, first) = invitation(&app, &ben).await;
    let (uid, mut sequence) = (first.value("UID:").to_owned(), first.sequence());
    answer(&ben, &appointment, "accepted").await.is(200);
    let mut next = async |method: &str, status: &str| {
        let (_, calendar) = invitation(&app, &ben).await;
        assert_eq!(calendar.value("METHOD:"), method);
        assert_eq!(calendar.value("STATUS:"), status);
        assert_eq!(calendar.value("UID:"), uid);
        assert!(calendar.sequence() > sequence);
        sequence = calendar.sequence();
        calendar
    };

    let place = json!({ "location": "Canary gate" });
    ana.patch(&path_of(&appointment), place).await.is(200);
    let elsewhere = next("REQUEST", "CONFIRMED").await;
    assert!(elsewhere.value("ATTENDEE;").contains("PARTSTAT=ACCEPTED"));
    let time = json!({ "starts_local": "2026-12-05T09:00" });
    reschedule(&ana, &appointment, time).await.is(200);
    let moved = next("REQUEST", "CONFIRMED").await;
    assert_eq!(
        moved.value("DTSTART;TZID=Europe/Berlin:"),
        "20261205T090000"
    );
    assert!(moved.value("ATTENDEE;").contains("PARTSTAT=NEEDS-ACTION"));
    act(&ana, &appointment, "cancel").await.is(200);
    next("CANCEL", "CANCELLED").await;
    act(&ana, &appointment, "reinstate").await.is(200);
    next("REQUEST", "CONFIRMED").await;
    let attendee = format!("{}/attendees/{}", path_of(&appointment), ben.member_id);
    ana.delete(&attendee).await.is(204);
    next("CANCEL", "CANCELLED").await;
    invite(&ana, &appointment, &ben).await;
    next("REQUEST", "CONFIRMED").await;
}

#[tokio::test]
async fn a_day_several_days_and_a_time_without_an_end_are_as_they_were_entered() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let no_time = json!({ "starts_local": null, "ends_local": null, "starts_on": "2026-12-24" });
    asked(&ana, &ben, no_time).await;
    let (_, day) = invitation(&app, &ben).await;
    assert_eq!(day.value("DTSTART;VALUE=DATE:"), "20261224");
    assert!(day.all("DTEND").is_empty() && day.all("BEGIN:VTIMEZONE").is_empty());
    let several = json!({
        "starts_local": null, "ends_local": null,
        "starts_on": "2026-12-30", "ends_on": "2027-01-02",
    });
    asked(&ana, &ben, several).await;
    let (_, days) = invitation(&app, &ben).await;
    assert_eq!(days.value("DTSTART;VALUE=DATE:"), "20261230");
    assert_eq!(days.value("DTEND;VALUE=DATE:"), "20270103");
    let no_end = json!({ "starts_local": "2026-12-11T10:00", "ends_local": null });
    asked(&ana, &ben, no_end).await;
    let (_, no_end) = invitation(&app, &ben).await;
    assert_eq!(
        no_end.value("DTSTART;TZID=Europe/Berlin:"),
        "20261211T100000"
    );
    assert!(no_end.all("DTEND").is_empty());
}

#[tokio::test]
async fn an_invitation_has_the_zone_of_the_appointment_wherever_its_reader_is() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    ben.patch("/v1/me", json!({ "time_zone": "America/New_York" }))
        .await
        .is(200);
    // The clock leaves out this hour in Berlin, so it begins an hour later on the clock.
    let gap = json!({ "starts_local": "2027-03-28T02:30", "ends_local": "2027-03-28T03:00" });
    asked(&ana, &ben, gap).await;
    let (_, gap) = invitation(&app, &ben).await;
    assert_eq!(gap.value("DTSTART;TZID=Europe/Berlin:"), "20270328T033000");
    assert_eq!(gap.value("DTEND;TZID=Europe/Berlin:"), "20270328T040000");
    let far = json!({
        "starts_local": "2027-04-04T09:00", "ends_local": "2027-04-04T10:00",
        "time_zone": "Australia/Lord_Howe",
    });
    asked(&ana, &ben, far).await;
    let (_, far) = invitation(&app, &ben).await;
    assert_eq!(
        far.value("DTSTART;TZID=Australia/Lord_Howe:"),
        "20270404T090000"
    );
    // Its clock is changed by half an hour.
    assert!(far.all("TZOFFSETTO:").contains(&"+1030"));
    assert!(far.all("TZOFFSETTO:").contains(&"+1100"));
}

#[tokio::test]
async fn a_claimed_ride_is_an_event_of_its_own_and_an_offered_one_is_none() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let appointment = scan(&ana, json!({ "without_attendees": true })).await;
    let ride = add_need(&ana, &appointment, json!({ "kind": "driver" })).await;
    notification_mails(&app).await;
    offer_need(&ana, &ride, &ben).await.is(200);
    let mails = notification_mails(&app).await;
    assert_eq!(recipients(&mails), ["ben"]);
    assert!(mails[0].files.is_empty());
    need_act(&ben, &ride, "accept").await.is(200);
    notification_mails(&app).await;
    let place = json!({ "location": "Canary gate" });
    ana.patch(&path_of(&appointment), place).await.is(200);
    let (_, elsewhere) = invitation(&app, &ben).await;
    assert_eq!(elsewhere.value("SUMMARY:"), "Help (Ana's circle)");
    let uid = elsewhere.value("UID:");
    let id = ride["id"].as_str().unwrap().replace('-', "");
    assert!(uid.starts_with(&id), "{uid}");
    act(&ana, &appointment, "cancel").await.is(200);
    let (_, canceled) = invitation(&app, &ben).await;
    assert_eq!(canceled.value("METHOD:"), "CANCEL");
    assert_eq!(canceled.value("UID:"), uid);
}

#[tokio::test]
async fn the_contact_of_a_member_without_an_account_gets_an_event_that_names_them() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "coordinator"]).await;
    let lea = json!({ "name": "Lea", "access": "helper", "relationship": "aunt" });
    let lea = ana.post("/members", lea).await.is(201);
    notification_mails(&app).await;
    let body = json!({ "topic": "daily", "attendee_member_ids": [lea["id"]] });
    let appointment = scan(&ben, body).await;
    let (mail, calendar) = invitation(&app, &ana).await;
    assert!(mail.text.contains("Lea"), "{}", mail.text);
    assert_eq!(
        calendar.value("SUMMARY:"),
        "Appointment for Lea (Ana's circle)"
    );
    assert!(calendar.value("ATTENDEE;").ends_with(&ana.email));
    // The contact comes too, with an event of their own. When they are taken off, hers stays.
    invite(&ben, &appointment, &ana).await;
    let (_, own) = invitation(&app, &ana).await;
    assert_ne!(own.value("UID:"), calendar.value("UID:"));
    let attendee = format!("{}/attendees/{}", path_of(&appointment), ana.member_id);
    ben.delete(&attendee).await.is(204);
    let (_, off) = invitation(&app, &ana).await;
    assert_eq!(off.value("METHOD:"), "CANCEL");
    assert_eq!(off.value("UID:"), own.value("UID:"));
}

#[tokio::test]
async fn a_mail_about_several_appointments_attaches_them_and_invites_to_none() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    asked(&ana, &ben, json!({})).await;
    let other = json!({ "starts_local": "2026-12-11T10:00", "ends_local": null });
    asked(&ana, &ben, other).await;
    let mails = notification_mails(&app).await;
    assert_eq!(recipients(&mails), ["ben"]);
    assert_eq!(says(&mails[0]).len(), 4);
    assert_eq!(mails[0].invitation, None);
    let files: Vec<Calendar> = mails[0]
        .files
        .iter()
        .map(|file| Calendar::read(file))
        .collect();
    assert_eq!(files.len(), 2);
    assert!(files.iter().all(|file| file.value("METHOD:") == "REQUEST"));
    assert_ne!(files[0].value("UID:"), files[1].value("UID:"));
}

#[tokio::test]
async fn a_series_is_a_file_with_an_event_for_each_of_its_appointments() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let mut body = crate::appointment_series::dialysis();
    body["attendee_member_ids"] = json!([ben.member_id]);
    let series = ana.visits(body).await;
    let visits = ana.visits_of(&series, "scheduled").await;
    let mails = notification_mails(&app).await;
    assert_eq!(recipients(&mails), ["ben"]);
    assert_eq!(mails[0].invitation, None);
    let [file] = &mails[0].files[..] else {
        panic!("one file: {mails:#?}")
    };
    assert!(!file.contains("Dialysis"), "{file}");
    let calendar = Calendar::read(file);
    assert_eq!(calendar.value("METHOD:"), "PUBLISH");
    assert_eq!(calendar.all("BEGIN:VTIMEZONE").len(), 1);
    assert_eq!(calendar.all("UID:").len(), visits.len());
    let starts = calendar.all("DTSTART;TZID=Europe/Berlin:");
    assert_eq!(starts[..2], ["20261208T080000", "20261215T080000"]);
    assert!(calendar.all("ATTENDEE").is_empty());
    // A later email about one of them has the same event.
    let place = json!({ "location": "Canary gate" });
    ana.patch(&path_of(&visits[0]), place).await.is(200);
    let (_, elsewhere) = invitation(&app, &ben).await;
    assert_eq!(elsewhere.value("UID:"), calendar.all("UID:")[0]);
}

#[tokio::test]
async fn reminders_and_mails_about_tasks_carry_no_calendar() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    asked(&ana, &ben, json!({})).await;
    notification_mails(&app).await;
    let task = ana.task(json!({ "title": "Canary" })).await;
    super::offer_task(&ana, &task, &ben).await;
    let mails = notification_mails(&app).await;
    assert_eq!(recipients(&mails), ["ben"]);
    // A day before it begins.
    app.advance(TimeDelta::hours(49));
    let reminders = app.mails().await;
    assert!(!reminders.is_empty());
    let all = mails.iter().chain(&reminders);
    assert!(all.clone().all(|mail| mail.files.is_empty()));
    assert!(all.clone().all(|mail| mail.invitation.is_none()));
}

#[tokio::test]
async fn names_that_hold_the_signs_of_a_calendar_or_a_header_change_neither() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    for alias in [
        "Ana\"; X-EVIL=\"1\":mailto:evil",
        "Ana;ATTENDEE=x,y\\n",
        "Ana: BEGIN:VALARM",
        "\u{202e}Ana\u{2066}",
    ] {
        let reply = ana.patch("", json!({ "alias": alias })).await;
        if reply.status != 200 {
            continue;
        }
        let title = format!("Canary {alias}");
        asked(&ana, &ben, json!({ "title": title })).await;
        let (mail, calendar) = invitation(&app, &ben).await;
        assert_eq!(calendar.all("ATTENDEE").len(), 1);
        assert_eq!(calendar.all("ORGANIZER").len(), 1);
        assert_eq!(
            calendar.all("BEGIN:").len(),
            3 + calendar.all("DTSTART:").len()
        );
        let organizer = calendar.value("ORGANIZER;CN=\"");
        assert_eq!(organizer.matches('"').count(), 1, "{organizer}");
        assert!(
            organizer.ends_with("\":mailto:ana@kith.example"),
            "{organizer}"
        );
        assert_eq!(mail.headers.matches("Subject:").count(), 1);
    }
}
