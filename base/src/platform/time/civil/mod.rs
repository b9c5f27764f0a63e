//! Times as people choose them: a wall time and the IANA zone that it is meant in. jiff turns them
//! into instants. Where a clock change leaves a time out, it moves forward; where a time occurs
//! twice, the first counts.

mod clock_time;
mod display;
mod instant;
mod occurred_at;
mod span;
mod wall_time;
mod zone;
mod zone_aliases;

pub use clock_time::ClockTime;
pub use display::{Moment, ReaderTime, ReaderZone, day_for_reader, for_reader};
pub use instant::Instant;
pub use span::{over_after, over_everywhere, resolve_span};
pub use wall_time::{Day, WallTime};
pub use zone::{ZoneName, named_or_unknown, zone_names};

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Timelike, Utc};
use jiff::tz::TimeZone;

/// The instant of a wall time. An unknown zone counts as UTC. That should not happen: names are
/// checked when they come in, and the database of zones only grows.
pub fn resolve(local: NaiveDateTime, zone: &str) -> DateTime<Utc> {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    to_civil(local)
        .and_then(|civil| zone.to_ambiguous_timestamp(civil).compatible())
        .map_or_else(|_| local.and_utc(), to_chrono)
}

/// The instant of a full hour on a date.
pub fn on_day(day: NaiveDate, hour: u32, zone: &str) -> DateTime<Utc> {
    resolve(day.and_hms_opt(hour, 0, 0).unwrap_or_default(), zone)
}

/// The instant at which a date is over in a zone.
pub fn end_of_day(day: NaiveDate, zone: &str) -> DateTime<Utc> {
    on_day(day.succ_opt().unwrap_or(day), 0, zone)
}

/// The date of an instant in a zone.
pub fn day_of(at: DateTime<Utc>, zone: &str) -> NaiveDate {
    local_of(at, zone).date()
}

/// The wall time of an instant in a zone.
pub fn local_of(at: DateTime<Utc>, zone: &str) -> NaiveDateTime {
    let tz = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let offset = tz.to_offset(to_jiff(at)).seconds();
    (at + TimeDelta::seconds(offset.into())).naive_utc()
}

/// A number of minutes as a length of time.
pub fn minutes(minutes: i32) -> TimeDelta {
    TimeDelta::minutes(i64::from(minutes))
}

fn to_civil(local: NaiveDateTime) -> Result<jiff::civil::DateTime, jiff::Error> {
    let (date, time) = (local.date(), local.time());
    // Only the year can be too large. Then jiff refuses it.
    let small = |part: u32| i8::try_from(part).unwrap_or(i8::MAX);
    let year = i16::try_from(date.year()).unwrap_or(i16::MAX);
    let date = jiff::civil::Date::new(year, small(date.month()), small(date.day()))?;
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    let time = jiff::civil::Time::new(small(hour), small(minute), small(second), 0)?;
    Ok(date.to_datetime(time))
}

fn to_chrono(at: jiff::Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(at.as_microsecond()).unwrap_or_default()
}

fn to_jiff(at: DateTime<Utc>) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(at.timestamp_micros()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(local: &str, zone: &str) -> String {
        let WallTime(local) = serde_json::from_value(local.into()).unwrap();
        resolve(local, zone).to_rfc3339()
    }

    #[test]
    fn a_missing_hour_moves_forward_and_a_doubled_one_is_the_first() {
        assert_eq!(
            at("2026-03-29T02:30", "Europe/Berlin"),
            "2026-03-29T01:30:00+00:00"
        );
        assert_eq!(
            at("2026-10-25T02:30", "Europe/Berlin"),
            "2026-10-25T00:30:00+00:00"
        );
    }

    #[test]
    fn a_day_begins_at_midnight_of_its_zone() {
        let at = DateTime::from_timestamp(1_798_758_000, 0).unwrap();
        let day = |zone| day_of(at, zone).to_string();
        assert_eq!(day("UTC"), "2026-12-31");
        assert_eq!(day("Europe/Berlin"), "2027-01-01");
        assert_eq!(day("America/New_York"), "2026-12-31");
    }
}
