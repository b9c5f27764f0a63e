//! What repeats.

use serde_json::{Value, json};

use crate::family::{Family, ZONE, day, id_of, parts};
use crate::support::people::text;

/// The tasks or appointments of a series that exist, in the order of their dates.
#[track_caller]
fn made(family: &Family, kind: &str, series: &str) -> Vec<Value> {
    let id = id_of(series);
    let path = family.at(&format!("{kind}?series_id={id}&limit=200"));
    let page = family.ana.api.get(&path).is(200).json();
    let mut made = page["data"].as_array().unwrap().clone();
    made.sort_by_key(|item| text(&item["original_on"]));
    made
}

/// The path of one of them.
fn path(family: &Family, kind: &str, item: &Value) -> String {
    family.at(&format!("{kind}/{}", text(&item["id"])))
}

/// A field of the items of a series that the calendar shows.
#[track_caller]
fn shown(family: &Family, series: &str, (from, to): (&str, &str), field: &str) -> Vec<String> {
    let path = family.at(&format!("calendar?from={from}&to={to}"));
    let page = family.ana.api.get(&path).is(200).json();
    let items = page["data"].as_array().unwrap();
    let its = items
        .iter()
        .filter(|item| item["series_id"] == id_of(series).as_str());
    its.map(|item| text(&item[field])).collect()
}

/// `obsidian-tasks-group/obsidian-tasks` 614, `tasks/tasks` 4135.
#[test]
fn what_is_due_on_the_31st_skips_no_month_and_does_not_slide() {
    let family = Family::gather();
    let rent = json!({ "title": "Rent", "due_on": "2031-01-31", "recurrence": "FREQ=MONTHLY" });
    let rent = family.make(&family.ana, "task-series", &rent);
    let quarter = ("2031-01-20T00:00:00Z", "2031-04-20T00:00:00Z");
    let days = shown(&family, &rent, quarter, "original_on");
    assert_eq!(days, ["2031-01-31", "2031-02-28", "2031-03-31"]);
}

/// `calcom/cal.diy` 4400, `tutao/tutanota` 10704.
#[test]
fn a_nurse_comes_at_half_past_two_before_and_after_the_clocks_change_and_in_that_night() {
    let family = Family::gather();
    let nurse = json!({
        "title": "Nurse", "time_zone": "Europe/Berlin", "recurrence": "FREQ=DAILY",
        "starts_local": "2031-03-01T02:30", "ends_local": "2031-03-01T03:15",
    });
    let nurse = family.make(&family.ana, "appointment-series", &nurse);
    let nights = ("2031-03-28T23:00:00Z", "2031-03-31T22:00:00Z");
    let starts = shown(&family, &nurse, nights, "starts_at");
    let expected = [
        "2031-03-29T01:30:00.000Z",
        "2031-03-30T01:30:00.000Z",
        "2031-03-31T00:30:00.000Z",
    ];
    assert_eq!(starts, expected);
}

/// `fmeringdal/rust-rrule` 13, `jens-maus/node-ical` 436.
#[test]
fn the_last_date_of_a_rule_belongs_to_it_however_it_is_written() {
    let family = Family::gather();
    for last in ["20311222", "20311222T083000Z", "20311222T235959"] {
        let visit = json!({
            "title": "Physiotherapy", "time_zone": "Europe/Berlin",
            "starts_local": "2031-12-01T09:30",
            "recurrence": format!("FREQ=WEEKLY;UNTIL={last}"),
        });
        let visit = family.make(&family.ana, "appointment-series", &visit);
        let month = ("2031-12-01T00:00:00Z", "2032-01-31T00:00:00Z");
        let days = shown(&family, &visit, month, "original_on");
        assert_eq!(days.last().unwrap(), "2031-12-22", "{last} {days:?}");
        assert_eq!(days.len(), 4, "{last} {days:?}");
    }
}

/// `schedule-x/schedule-x` 1143, `dateutil/dateutil` 1441, `sabre-io/vobject` 332.
#[test]
fn a_rule_without_dates_is_refused_at_once() {
    let family = Family::gather();
    for rule in [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=MONTHLY;INTERVAL=0",
        "FREQ=MONTHLY;BYMONTHDAY=2",
        "FREQ=MONTHLY;BYDAY=5MO;BYMONTH=2;BYMONTHDAY=1",
        "FREQ=DAILY;UNTIL=20251231",
    ] {
        let body = json!({ "title": "Never", "due_on": "2031-12-01", "recurrence": rule });
        let refused = family.ana.api.post(&family.at("task-series"), &body);
        assert_eq!(refused.status, 422, "{rule} {}", refused.body);
    }
}

/// `linagora/twake-calendar-frontend` 352, `bartekgorny/django-schedule` 4.
#[test]
fn a_change_of_a_series_keeps_what_was_moved_and_doubles_nothing() {
    let family = Family::gather();
    let (first, moved) = (day(3), day(11));
    let visit = json!({
        "title": "Physiotherapy", "time_zone": ZONE, "recurrence": "FREQ=WEEKLY",
        "starts_local": format!("{first}T10:00"),
    });
    let visit = family.make(&family.ana, "appointment-series", &visit);
    let before = made(&family, "appointments", &visit);
    let second = path(&family, "appointments", &before[1]);
    let later = json!({ "starts_local": format!("{moved}T15:00") });
    let reschedule = format!("{second}/reschedule");
    family.ana.api.post(&reschedule, &later).is(200);
    for change in [
        json!({ "title": "Exercises" }),
        json!({ "starts_local": format!("{first}T11:00") }),
    ] {
        family.ana.api.patch(&visit, &change).is(200);
        let after = made(&family, "appointments", &visit);
        let dates = |made: &[Value]| -> Vec<String> {
            made.iter().map(|item| text(&item["original_on"])).collect()
        };
        assert_eq!(dates(&after), dates(&before), "{change}");
        assert_eq!(after[1]["starts_local"], format!("{moved}T15:00").as_str());
        assert_eq!(after[2]["title"], "Exercises");
    }
}

/// `meeting-room-booking-system/mrbs-code` 1179 and 2429.
#[test]
fn what_was_canceled_alone_stays_canceled_when_the_series_changes() {
    let family = Family::gather();
    let first = day(3);
    let lunch = json!({ "title": "Lunch", "due_on": first, "recurrence": "FREQ=WEEKLY" });
    let lunch = family.make(&family.ana, "task-series", &lunch);
    let second = made(&family, "tasks", &lunch)[1].clone();
    let second = path(&family, "tasks", &second);
    family.ana.api.press(&format!("{second}/cancel")).is(200);
    let is_canceled = |after: &str| {
        let seen = family.ana.api.get(&second).is(200).json();
        assert_eq!(seen["state"], "canceled", "{after}");
    };
    for change in [
        json!({ "title": "Lunch on me" }),
        json!({ "recurrence": "FREQ=WEEKLY;COUNT=5" }),
        json!({ "notes": "Bring soup", "replace_exceptions": true }),
    ] {
        family.ana.api.patch(&lunch, &change).is(200);
        is_canceled(&change.to_string());
    }
    for verb in ["pause", "resume"] {
        family.ana.api.press(&format!("{lunch}/{verb}")).is(200);
        is_canceled(verb);
    }
    let split = json!({ "from_on": day(5), "title": "Late lunch" });
    family.ana.api.patch(&lunch, &split).is(200);
    is_canceled("split");
}

/// `nextcloud/calendar` 3283, `mustang-im/mustang` 1178, `KashCal/KashCal` 334.
#[test]
fn a_series_that_changes_from_a_date_on_is_before_it_as_it_was_and_gets_no_longer() {
    let family = Family::gather();
    let first = day(3);
    let chemo = json!({
        "title": "Infusion", "starts_on": first, "recurrence": "FREQ=WEEKLY;COUNT=5",
    });
    let chemo = family.make(&family.ana, "appointment-series", &chemo);
    let change = json!({ "from_on": day(10), "title": "Infusion, other ward" });
    let goes_on = family.ana.api.patch(&chemo, &change).is(200).json();
    let goes_on = family.at(&format!("appointment-series/{}", text(&goes_on["id"])));
    let days = |series: &str| -> Vec<String> {
        let all = made(&family, "appointments", series);
        let on = all.iter().filter(|visit| visit["state"] == "scheduled");
        on.map(|visit| text(&visit["starts_on"])).collect()
    };
    let written = |ahead: &[i64]| -> Vec<String> {
        ahead.iter().map(|ahead| day(*ahead).to_string()).collect()
    };
    assert_eq!(days(&chemo), written(&[3]));
    assert_eq!(days(&goes_on), written(&[10, 17, 24, 31]));

    // A day later from the third on.
    let change = json!({
        "from_on": day(17), "starts_on": day(18), "recurrence": "FREQ=WEEKLY;COUNT=3",
    });
    let later = family.ana.api.patch(&goes_on, &change).is(200).json();
    let later = family.at(&format!("appointment-series/{}", text(&later["id"])));
    assert_eq!(days(&chemo), written(&[3]));
    assert_eq!(days(&goes_on), written(&[10]));
    assert_eq!(days(&later), written(&[18, 25, 32]));
}

/// `nextcloud/server` 45497, `microsoftgraph/msgraph-sdk-java` 215, `nextcloud/calendar` 6655.
#[test]
fn declining_or_canceling_one_appointment_leaves_the_others_alone() {
    let family = Family::gather();
    let visit = json!({
        "title": "Choir", "topic": "daily", "starts_on": day(3), "recurrence": "FREQ=WEEKLY",
        "attendee_member_ids": [family.ben.member_id],
    });
    let visit = family.make(&family.ana, "appointment-series", &visit);
    let all = made(&family, "appointments", &visit);
    let member = &family.ben.member_id;
    let second = path(&family, "appointments", &all[1]);
    let respond = format!("{second}/attendees/{member}/respond");
    let no = json!({ "response": "declined" });
    family.ben.api.post(&respond, &no).is(200);
    let third = path(&family, "appointments", &all[2]);
    family.ana.api.press(&format!("{third}/cancel")).is(200);
    let title = json!({ "title": "Big choir" });
    family.ana.api.patch(&visit, &title).is(200);
    let after = made(&family, "appointments", &visit);
    let responses: Vec<&Value> = after[..2]
        .iter()
        .map(|item| &item["attendees"][0]["response"])
        .collect();
    assert_eq!(responses, ["no_response", "declined"]);
    assert_eq!(after[1]["title"], "Big choir");
    let states: Vec<&Value> = after[..4].iter().map(|item| &item["state"]).collect();
    assert_eq!(states, ["scheduled", "scheduled", "canceled", "scheduled"]);
}

/// `home-assistant/core` 105262, `t4t5/rencal` 87.
#[test]
fn a_series_of_whole_days_gets_an_hour_and_loses_it_again() {
    let family = Family::gather();
    let first = day(3);
    let waste = json!({ "title": "Bins", "starts_on": first, "recurrence": "FREQ=WEEKLY" });
    let waste = family.make(&family.ana, "appointment-series", &waste);
    let count = made(&family, "appointments", &waste).len();
    let hour = json!({ "starts_on": null, "starts_local": format!("{first}T07:00") });
    family.ana.api.patch(&waste, &hour).is(200);
    let timed = made(&family, "appointments", &waste);
    assert_eq!(
        timed[1]["starts_local"],
        format!("{}T07:00", day(10)).as_str()
    );
    assert_eq!(timed[1]["starts_on"], Value::Null);
    let whole = json!({ "starts_on": first, "starts_local": null });
    family.ana.api.patch(&waste, &whole).is(200);
    let whole = made(&family, "appointments", &waste);
    assert_eq!(whole[1]["starts_on"], day(10).to_string().as_str());
    assert_eq!(whole[1]["starts_at"], Value::Null);
    assert_eq!((timed.len(), whole.len()), (count, count));
}

/// `alainm23/planify` 397, `go-vikunja/vikunja` 898, `tgrosinger/tq-obsidian` 27.
#[test]
fn a_task_that_is_done_early_leaves_the_next_one_with_a_fresh_checklist() {
    let family = Family::gather();
    let clean = json!({
        "title": "Clean", "due_on": day(3), "recurrence": "FREQ=WEEKLY",
        "checklist": ["Kitchen", "Bath"],
    });
    let clean = family.make(&family.ana, "task-series", &clean);
    let all = made(&family, "tasks", &clean);
    let item = text(&all[0]["checklist"][0]["id"]);
    let check = family.at(&format!("checklist-items/{item}/check"));
    family.ana.api.press(&check).is(200);
    let first = path(&family, "tasks", &all[0]);
    family.ana.api.press(&format!("{first}/complete")).is(200);
    let after = made(&family, "tasks", &clean);
    assert_eq!(after.len(), all.len());
    assert_eq!(after[1], all[1]);
}

/// `ccpk1/ChoreOps` 234 and 255, `tempus2016/taskmate` 308 and 789.
#[test]
fn turns_go_on_when_a_task_is_left_out_and_when_a_member_goes() {
    let family = Family::gather();
    let dog = json!({ "title": "Walk the dog", "due_on": day(3), "recurrence": "FREQ=DAILY" });
    let dog = family.make(&family.ana, "task-series", &dog);
    let people = [&family.ana, &family.ben, &family.cleo];
    let turns = json!({ "member_ids": people.map(|person| person.member_id.as_str()) });
    family
        .ana
        .api
        .post(&format!("{dog}/set-turns"), &turns)
        .is(200);
    for person in [&family.ben, &family.cleo] {
        person.api.press(&format!("{dog}/accept")).is(200);
    }
    let first = made(&family, "tasks", &dog)[0].clone();
    let first = path(&family, "tasks", &first);
    family.ana.api.press(&format!("{first}/cancel")).is(200);
    let whose = |at: usize| -> Vec<String> {
        let task = made(&family, "tasks", &dog)[at].clone();
        let parts = parts(&family.ana.api, &path(&family, "tasks", &task));
        let theirs = parts.into_iter().filter(|(_, state)| state == "accepted");
        theirs.map(|(name, _)| name).collect()
    };
    assert_eq!([1, 2, 3].map(whose), [["Ben"], ["Cleo"], ["Ana"]]);
    let remove = family.at(&format!("members/{}/remove", family.cleo.member_id));
    family.ana.api.press(&remove).is(200);
    assert_eq!([1, 3, 4].map(whose), [["Ben"], ["Ana"], ["Ben"]]);
    let left = made(&family, "tasks", &dog)[2].clone();
    assert_eq!(left["coverage"], "none");
}
