//! Members are told of what concerns them.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;

use crate::family::{Family, ZONE, id_of, instant, local, parts};
use crate::support::clock::{now, until};

#[test]
fn the_coordinator_is_told_of_work_that_a_leaving_member_releases() {
    let family = Family::gather();
    let task = family.task_due_in(5);
    family.ben.api.press(&format!("{task}/claim")).is(200);
    let left = family
        .ben
        .api
        .post(&family.at("leave"), &json!({}))
        .is(200)
        .json();
    assert_eq!(left["released"][0]["id"], id_of(&task).as_str());
    family.is_told(&family.ana, 1);
}

#[test]
fn members_who_can_claim_it_are_told_of_work_that_the_only_coordinator_releases() {
    let family = Family::gather();
    let task = family.task_due_in(5);
    family.ana.api.press(&format!("{task}/claim")).is(200);
    family.ana.api.press(&format!("{task}/release")).is(200);
    family.is_told(&family.ben, 1);
    family.is_told(&family.cleo, 1);
    assert_eq!(family.news_to(&family.ana), 0);
}

#[test]
fn a_grant_that_expires_releases_the_work_that_it_allowed() {
    let family = Family::gather();
    let due = local(now() + TimeDelta::hours(5));
    let bill = json!({ "title": "Bill", "topic": "family", "due_local": due, "time_zone": ZONE });
    let task = family.make(&family.ana, "tasks", &bill);
    let until_then = instant(now() + TimeDelta::seconds(5));
    let grant = json!({ "family": "read", "expires_at": until_then });
    let path = family.at(&format!("members/{}/topics", family.ben.member_id));
    family.ana.api.patch(&path, &grant).is(200);
    family.ben.api.press(&format!("{task}/claim")).is(200);
    until(Duration::from_secs(90), "the task is free again", || {
        let seen = family.ana.api.get(&task).is(200).json();
        seen["coverage"] == "none"
    });
    family.ben.api.get(&task).is(404);
    family.is_told(&family.ana, 1);
}

#[test]
fn a_removed_attendee_is_told() {
    let family = Family::gather();
    let visit = family.visit_in(50);
    let yes = json!({ "response": "accepted" });
    family.is_told(&family.ben, 1);
    family
        .ben
        .api
        .post(&format!("{visit}/attendees/me/respond"), &yes)
        .is(200);
    let attendee = format!("{visit}/attendees/{}", family.ben.member_id);
    family.ana.api.delete(&attendee).is(204);
    family.is_told(&family.ben, 2);
    let seen = family.ana.api.get(&visit).is(200).json();
    assert_eq!(seen["attendees"], json!([]));
}

#[test]
fn attendees_are_told_of_a_new_place() {
    let family = Family::gather();
    let visit = family.visit_in(50);
    family.is_told(&family.ben, 1);
    let elsewhere = json!({ "location": "Garden gate" });
    family.ana.api.patch(&visit, &elsewhere).is(200);
    family.is_told(&family.ben, 2);
}

#[test]
fn the_member_who_asked_is_told_when_an_attendee_declines_after_accepting() {
    let family = Family::gather();
    let visit = family.visit_in(5);
    for answer in ["accepted", "declined"] {
        let answer = json!({ "response": answer });
        family
            .ben
            .api
            .post(&format!("{visit}/attendees/me/respond"), &answer)
            .is(200);
    }
    family.is_told(&family.ana, 1);
}

#[test]
fn the_member_who_made_an_offer_is_told_when_it_is_declined() {
    let family = Family::gather();
    let task = family.task_due_in(50);
    let offer = json!({ "member_id": family.ben.member_id });
    family
        .ana
        .api
        .post(&format!("{task}/offer"), &offer)
        .is(200);
    family.ben.api.press(&format!("{task}/decline")).is(200);
    family.is_told(&family.ana, 1);
}

#[test]
fn a_helper_completes_their_own_part_and_the_others_are_told_when_the_task_is_done() {
    let family = Family::gather();
    let due = local(now() + TimeDelta::hours(50));
    let move_bed = json!({
        "title": "Move the bed", "people_needed": 3, "due_local": due, "time_zone": ZONE,
    });
    let task = family.make(&family.ana, "tasks", &move_bed);
    for person in [&family.ben, &family.cleo] {
        person.api.press(&format!("{task}/claim")).is(200);
    }
    family.ben.api.press(&format!("{task}/complete")).is(200);
    assert_eq!(family.ana.api.get(&task).json()["state"], "open");
    let parts = parts(&family.ana.api, &task);
    assert!(
        parts.contains(&("Ben".into(), "completed".into())),
        "{parts:?}"
    );
    assert!(parts.contains(&("Cleo".into(), "accepted".into())));

    family.ana.api.press(&format!("{task}/complete")).is(200);
    assert_eq!(family.ana.api.get(&task).json()["state"], "completed");
    family.is_told(&family.cleo, 1);
}

#[test]
fn nobody_is_told_of_an_appointment_entered_for_the_past() {
    let family = Family::gather();
    let yesterday = family.visit_in(-24);
    // The next appointment is mailed: one mail about one appointment.
    let visit = family.visit_in(50);
    family.is_told(&family.ben, 1);
    let mails = family.setup.mails.all();
    let news = mails.iter().rfind(|mail| mail.to == family.ben.email);
    let news = crate::support::mail::Letter::read(news.unwrap());
    let told = news.text.matches("scheduled").count();
    assert_eq!(told, 1, "{} and {}: {}", yesterday, visit, news.text);
}

#[test]
fn a_circle_scheduled_for_deletion_reminds_nobody_until_the_deletion_is_canceled() {
    let family = Family::gather();
    let task = family.task_due_in(50);
    family.ben.api.press(&format!("{task}/claim")).is(200);
    let states = || family.reminder_states(&task);
    assert!(states().contains(&"planned".into()), "{:?}", states());
    family.ana.api.put(&family.at("deletion")).is(200);
    assert!(!states().contains(&"planned".into()), "{:?}", states());
    family.ana.api.delete(&family.at("deletion")).is(204);
    assert!(states().contains(&"planned".into()), "{:?}", states());
}
