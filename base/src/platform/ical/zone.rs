//! The rules of a time zone, as a calendar file holds them (`VTIMEZONE`).
//!
//! It holds the changes of the clock around the events, each with its date, and no rule that
//! repeats: the events do not repeat either, and a rule would be wrong in the zones that change it
//! from year to year.

use chrono::{DateTime, TimeDelta, Utc};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::lines::Lines;

/// How long before the first event and after the last one the rules reach: more than a year, so
/// that a calendar program finds summer time and winter time even for a single event.
const AROUND: TimeDelta = TimeDelta::days(400);

/// From an instant on, the clock has another distance to UTC.
struct Observance {
    /// In seconds since 1970.
    at: i64,
    /// The distances to UTC, in seconds.
    before: i32,
    after: i32,
    name: String,
    is_summer_time: bool,
}

/// Writes the rules of a zone for everything between two instants. An unknown zone counts as UTC,
/// as everywhere.
pub(super) fn write_zone(lines: &mut Lines, name: &str, from: DateTime<Utc>, until: DateTime<Utc>) {
    let zone = TimeZone::get(name).unwrap_or(TimeZone::UTC);
    let (from, until) = (from - AROUND, until + AROUND);
    lines.write("BEGIN", "VTIMEZONE");
    lines.write("TZID", name);
    for observance in observances(&zone, from.timestamp(), until.timestamp()) {
        let kind = if observance.is_summer_time {
            "DAYLIGHT"
        } else {
            "STANDARD"
        };
        lines.write("BEGIN", kind);
        // The clock showed this time when it was changed.
        let local = observance.at + i64::from(observance.before);
        let local = DateTime::from_timestamp(local, 0).unwrap_or_default();
        lines.write("DTSTART", &local.format("%Y%m%dT%H%M%S").to_string());
        lines.write("TZOFFSETFROM", &distance(observance.before));
        lines.write("TZOFFSETTO", &distance(observance.after));
        lines.write_text("TZNAME", &observance.name);
        lines.write("END", kind);
    }
    lines.write("END", "VTIMEZONE");
}

/// What the clock shows at the first instant, and all its changes until the last one.
fn observances(zone: &TimeZone, from: i64, until: i64) -> Vec<Observance> {
    let first = timestamp(from);
    let info = zone.to_offset_info(first);
    let mut found = vec![Observance {
        at: from,
        before: info.offset().seconds(),
        after: info.offset().seconds(),
        name: info.abbreviation().to_owned(),
        is_summer_time: info.dst().is_dst(),
    }];
    for change in zone.following(first) {
        let at = change.timestamp().as_second();
        if at > until {
            break;
        }
        found.push(Observance {
            at,
            before: zone.to_offset(timestamp(at - 1)).seconds(),
            after: change.offset().seconds(),
            name: change.abbreviation().to_owned(),
            is_summer_time: change.dst().is_dst(),
        });
    }
    found
}

fn timestamp(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or_default()
}

/// A distance to UTC: `+0100`, and `-004430` for one with seconds.
fn distance(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let seconds = seconds.unsigned_abs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if seconds == 0 {
        format!("{sign}{hours:02}{minutes:02}")
    } else {
        format!("{sign}{hours:02}{minutes:02}{seconds:02}")
    }
}
