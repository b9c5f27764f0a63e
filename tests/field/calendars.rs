//! Days and nights in calendars.

use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};

use crate::family::{Family, day, id_of};
use crate::support::people::text;

/// A zone whose midnight is that of UTC.
const GREENWICH: &str = "Africa/Abidjan";

/// Whether a calendar shows an item on a day of a zone that is some hours ahead of UTC.
#[track_caller]
fn is_on(family: &Family, list: &str, item: &str, day: NaiveDate, zone: &str, hours: i64) -> bool {
    let from = day.and_hms_opt(0, 0, 0).unwrap().and_utc() - TimeDelta::hours(hours);
    let to = from + TimeDelta::hours(24);
    let [from, to] = [from, to].map(|at| at.format("%Y-%m-%dT%H:%M:%SZ"));
    let path = format!("{list}?from={from}&to={to}&time_zone={zone}");
    let page = family.ana.api.get(&path).is(200).json();
    let items = page["data"].as_array().unwrap();
    let is_it = |found: &Value| found["id"] == item || found["series_id"] == item;
    items.iter().any(is_it)
}

/// `community-archive/obsidian-full-calendar` 319, `fullcalendar/fullcalendar` 3205,
/// `eoleedi/TimeTree-Exporter` 173, `plone/plone.app.event` 71.
#[test]
fn a_stay_of_three_days_is_on_three_days_also_in_an_exported_calendar() {
    let family = Family::gather();
    let stay = json!({
        "title": "Rehab", "starts_on": day(10), "ends_on": day(12),
        "attendee_member_ids": [family.ana.member_id],
    });
    let stay = id_of(&family.make(&family.ana, "appointments", &stay));
    let calendar = family.at("calendar");
    for list in [calendar.as_str(), "/v1/me/calendar", "/v1/me/agenda"] {
        for (zone, hours) in [(GREENWICH, 0), ("Asia/Tokyo", 9), ("America/Bogota", -5)] {
            let on = |ahead| is_on(&family, list, &stay, day(ahead), zone, hours);
            let days = [9, 10, 11, 12, 13].map(on);
            assert_eq!(days, [false, true, true, true, false], "{list} {zone}");
        }
    }
    let file = family.ana.api.press("/v1/me/export/calendar").is(200).body;
    for (name, day) in [("DTSTART", day(10)), ("DTEND", day(13))] {
        let line = format!("{name};VALUE=DATE:{}", day.format("%Y%m%d"));
        assert!(file.contains(&line), "{line} {file}");
    }
}

/// `SimpleMobileTools/Simple-Calendar` 1799 and 2067, `XiovV/calich` 230.
#[test]
fn a_night_watch_is_on_both_days_and_what_ends_at_midnight_only_on_the_first() {
    let family = Family::gather();
    let (evening, morning) = (day(10), day(11));
    let calendar = family.at("calendar");
    for (ends, days) in [("06:00", [true, true]), ("00:00", [true, false])] {
        let watch = json!({
            "title": "Night", "time_zone": GREENWICH,
            "starts_local": format!("{evening}T22:00"), "ends_local": format!("{morning}T{ends}"),
            "attendee_member_ids": [family.ana.member_id],
        });
        let watch = id_of(&family.make(&family.ana, "appointments", &watch));
        for list in [calendar.as_str(), "/v1/me/calendar", "/v1/me/agenda"] {
            let on = |day| is_on(&family, list, &watch, day, GREENWICH, 0);
            assert_eq!([evening, morning].map(on), days, "{list} {ends}");
        }
    }
    // The same further ahead, where nights are computed from their series.
    let watch = json!({
        "title": "Nights", "time_zone": GREENWICH, "recurrence": "FREQ=WEEKLY",
        "starts_local": "2031-12-01T22:00", "ends_local": "2031-12-02T06:00",
    });
    let watch = id_of(&family.make(&family.ana, "appointment-series", &watch));
    let on = |day: u32| {
        let day = NaiveDate::from_ymd_opt(2031, 12, day).unwrap();
        is_on(&family, &calendar, &watch, day, GREENWICH, 0)
    };
    assert_eq!([7, 8, 9, 10].map(on), [false, true, true, false]);
}

/// `SimpleMobileTools/Simple-Calendar` 1256.
#[test]
fn a_birthday_is_on_its_day_in_every_year_and_every_zone() {
    let family = Family::gather();
    let birthday = json!({
        "title": "Birthday", "starts_on": "2031-06-10", "recurrence": "FREQ=YEARLY",
    });
    let birthday = id_of(&family.make(&family.ana, "appointment-series", &birthday));
    let list = family.at("calendar");
    for (zone, hours) in [
        ("Pacific/Kiritimati", 14),
        ("America/Bogota", -5),
        ("Pacific/Pago_Pago", -11),
    ] {
        for year in [2031, 2032] {
            let on = |day: u32| {
                let day = NaiveDate::from_ymd_opt(year, 6, day).unwrap();
                is_on(&family, &list, &birthday, day, zone, hours)
            };
            assert_eq!([9, 10, 11].map(on), [false, true, false], "{zone} {year}");
        }
    }
}

/// `tine20/tine20` 3155 and 4960.
#[test]
fn who_does_not_see_an_appointment_learns_nothing_of_it_anywhere() {
    let family = Family::gather();
    let visit = json!({
        "title": "Secret oncology", "kind": "medical", "starts_on": day(3),
        "location": "Secret clinic", "recurrence": "FREQ=WEEKLY", "needs": [{ "kind": "driver" }],
    });
    let visit = family.make(&family.ana, "appointment-series", &visit);
    for list in [
        "calendar",
        "gaps",
        "needs",
        "activity",
        "appointments",
        "appointment-series",
        "search?q=secret",
    ] {
        let seen = family.ben.api.get(&family.at(list)).is(200).body;
        let tells = seen.contains("Secret") || seen.contains(&id_of(&visit));
        assert!(!tells, "{list} {seen}");
    }
    let needs = family.ben.api.get(&family.at("needs")).is(200).json();
    assert_eq!(text(&needs["data"][0]["kind"]), "driver");
}
