//! Days, clock changes and wrong clocks.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::family::{Family, ZONE, id_of, ids, instant, local};
use crate::support::clock::now;
use crate::support::people::text;

#[test]
fn a_member_who_claims_a_task_late_is_still_reminded() {
    let family = Family::gather();
    for (hours, at_least) in [(3, 1), (50, 1)] {
        let task = family.task_due_in(hours);
        family.ben.api.press(&format!("{task}/claim")).is(200);
        let states = family.reminder_states(&task);
        let planned = states.iter().filter(|state| *state == "planned");
        assert!(planned.count() >= at_least, "{hours} hours: {states:?}");
    }
}

/// An all-day item is on its date for readers east and west of the circle.
#[test]
fn an_all_day_appointment_is_on_its_day_for_a_reader_in_another_zone() {
    for (zone, hours_from_utc) in [("America/Bogota", -5), ("Asia/Tokyo", 9)] {
        let family = Family::living_in(zone);
        let day = (now() + TimeDelta::days(5)).date_naive();
        let all_day = json!({
            "title": "Birthday", "kind": "other", "topic": "daily", "starts_on": day,
            "attendee_member_ids": [family.ben.member_id],
        });
        let visit = family.make(&family.ana, "appointments", &all_day);
        let midnight = day.and_hms_opt(0, 0, 0).unwrap().and_utc();
        let morning = midnight - TimeDelta::hours(hours_from_utc);
        let night = morning + TimeDelta::hours(24);
        for (from, to, is_there) in [
            (morning, night, true),
            (morning - TimeDelta::hours(24), morning, false),
            (night, night + TimeDelta::hours(24), false),
        ] {
            let agenda = format!("/v1/me/agenda?from={}&to={}", instant(from), instant(to));
            let agenda = family.ben.api.get(&agenda).is(200);
            let found = ids(&agenda).contains(&id_of(&visit));
            assert_eq!(found, is_there, "{zone} {from} {}", agenda.body);
        }
    }
}

#[test]
fn items_in_progress_are_in_the_agenda_and_in_the_lists() {
    let family = Family::gather();
    let starts = now() - TimeDelta::hours(3);
    let night = json!({
        "title": "Night at the hospital", "kind": "other", "topic": "daily", "time_zone": ZONE,
        "starts_local": local(starts), "ends_local": local(starts + TimeDelta::hours(6)),
        "attendee_member_ids": [family.ana.member_id],
    });
    let night = family.make(&family.ana, "appointments", &night);
    let (from, to) = (instant(now()), instant(now() + TimeDelta::hours(1)));
    for list in ["/v1/me/agenda".to_owned(), family.at("appointments")] {
        let page = family.ana.api.get(&format!("{list}?from={from}&to={to}"));
        assert!(ids(&page.is(200)).contains(&id_of(&night)), "{list}");
    }
}

#[test]
fn an_item_in_the_skipped_hour_never_ends_before_it_starts() {
    let family = Family::gather();
    for (starts, ends) in [("02:30", "03:00"), ("02:00", "02:30"), ("01:30", "02:30")] {
        // This hour does not exist in Berlin.
        let visit = json!({
            "title": "Night walk", "kind": "other", "time_zone": "Europe/Berlin",
            "starts_local": format!("2027-03-28T{starts}"),
            "ends_local": format!("2027-03-28T{ends}"),
        });
        let reply = family.ana.api.post(&family.at("appointments"), &visit);
        if reply.status == 422 {
            continue;
        }
        let made = reply.is(201).json();
        let at = |name: &str| -> DateTime<Utc> { text(&made[name]).parse().unwrap() };
        assert!(at("starts_at") < at("ends_at"), "{made}");
    }
}

#[test]
fn a_phone_whose_clock_is_ahead_completes_a_task_and_1970_is_refused() {
    let family = Family::gather();
    let task = family.task_due_in(2);
    let complete = format!("{task}/complete");
    let long_ago = json!({ "occurred_at": "1970-01-01T00:00:00Z" });
    let reply = family.ana.api.post(&complete, &long_ago);
    if reply.status == 200 {
        assert!(!text(&reply.json()["completed_at"]).starts_with("1970"));
        return;
    }
    reply.is(422);
    let fast = json!({ "occurred_at": instant(now() + TimeDelta::seconds(90)) });
    let done = family.ana.api.post(&complete, &fast).is(200).json();
    let at: DateTime<Utc> = text(&done["completed_at"]).parse().unwrap();
    assert!(at <= now(), "{done}");
}

#[test]
fn a_member_is_asked_about_an_overlap_in_another_circle() {
    let family = Family::gather();
    let dora = crate::support::people::register(&family.setup, "Dora", "dora@example.org");
    let other = crate::support::people::Circle::form(&family.setup, dora);
    // Ben is in another circle too, and claims a task there at the same hour.
    let invitation = json!({ "email": family.ben.email, "access": "helper" });
    let invitations = format!("{}/invitations", other.path);
    other.founder.post(&invitations, &invitation).is(201);
    let letters = || {
        let mails = family.setup.mails.all();
        let mut to_ben = mails.iter().filter(|mail| mail.to == family.ben.email);
        to_ben.nth(1).map(crate::support::mail::Letter::read)
    };
    let letter =
        crate::support::clock::within(crate::support::people::SOON, "the invitation", letters);
    let link = letter.link_to("invitation");
    let token = link.split_once("token=").unwrap().1;
    let accept = json!({ "token": token });
    family
        .ben
        .api
        .post("/v1/invitations/accept", &accept)
        .is(200);
    let due = now() + TimeDelta::hours(30);
    let body = json!({
        "title": "Secret of the other family", "time_zone": ZONE,
        "starts_local": local(due - TimeDelta::hours(1)), "due_local": local(due),
    });
    let there = other.founder.post(&other.tasks(), &body).is(201).json();
    let there = format!("{}/{}", other.tasks(), text(&there["id"]));
    family.ben.api.press(&format!("{there}/claim")).is(200);

    let here = family.make(&family.ana, "tasks", &body);
    let refused = family.ben.api.press(&format!("{here}/claim"));
    refused.is_problem(409, "overlap");
    assert!(!refused.body.contains("Secret"), "{}", refused.body);
    let anyway = json!({ "allow_overlap": true });
    family
        .ben
        .api
        .post(&format!("{here}/claim"), &anyway)
        .is(200);
}
