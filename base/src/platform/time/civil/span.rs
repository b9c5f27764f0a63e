//! A start and an end as wall times of a zone, whose clock may change in between.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};

use super::{local_of, resolve};

/// How long something lasts that has no end: the shortest time that both databases can store.
const MOMENT: TimeDelta = TimeDelta::microseconds(1);
/// How long after its midnight in UTC a date is over in every zone. It ends last in the zone that
/// is twelve hours behind UTC.
const OVER_EVERYWHERE: TimeDelta = TimeDelta::hours(36);

/// The instants of a start and an end. The end is never before the start.
///
/// A start in a missing hour moves forward. If the whole is shorter than a day, the end moves with
/// it, so that the length stays the same; a longer one ends when it was to end. Without that, 02:30
/// to 03:00 would end before it begins.
pub fn resolve_span(
    starts: NaiveDateTime,
    ends: NaiveDateTime,
    zone: &str,
) -> (DateTime<Utc>, DateTime<Utc>) {
    let starts_at = resolve(starts, zone);
    let ends_at = resolve(ends, zone);
    let moved = local_of(starts_at, zone) - starts;
    if moved == TimeDelta::zero() {
        return (starts_at, ends_at);
    }
    let is_short = ends - starts < TimeDelta::days(1);
    if is_short || ends_at < starts_at {
        return (starts_at, resolve(ends + moved, zone));
    }
    (starts_at, ends_at)
}

/// The first instant at which something is over. Without an end, it is over just after it
/// begins.
pub fn over_after(begins_at: DateTime<Utc>, ends_at: Option<DateTime<Utc>>) -> DateTime<Utc> {
    let happened = begins_at + MOMENT;
    ends_at.map_or(happened, |ends_at| ends_at.max(happened))
}

/// The instant at which a date is over in every zone.
pub fn over_everywhere(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(chrono::NaiveTime::MIN).and_utc() + OVER_EVERYWHERE
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::platform::time::civil::{WallTime, to_chrono, to_jiff, zone_names};

    fn span(starts: &str, ends: &str, zone: &str) -> String {
        let read = |text: &str| serde_json::from_value::<WallTime>(text.into()).unwrap().0;
        let (starts_at, ends_at) = resolve_span(read(starts), read(ends), zone);
        format!(
            "{} {}",
            starts_at.format("%dT%H:%M"),
            ends_at.format("%dT%H:%M")
        )
    }

    #[test]
    fn what_starts_in_a_missing_hour_keeps_its_length() {
        let berlin = |from: &str, to: &str| {
            let day = |time: &str| format!("2026-03-29T{time}");
            span(&day(from), &day(to), "Europe/Berlin")
        };
        assert_eq!(berlin("02:30", "03:00"), "29T01:30 29T02:00");
        assert_eq!(berlin("02:30", "03:30"), "29T01:30 29T02:30");
        assert_eq!(berlin("02:10", "02:50"), "29T01:10 29T01:50");
        assert_eq!(berlin("02:30", "02:30"), "29T01:30 29T01:30");
        // Only the end falls into the missing hour, or neither does.
        assert_eq!(berlin("01:30", "02:30"), "29T00:30 29T01:30");
        assert_eq!(berlin("01:30", "03:30"), "29T00:30 29T01:30");
        let stay = span("2026-03-29T02:30", "2026-04-02T10:00", "Europe/Berlin");
        assert_eq!(stay, "29T01:30 02T08:00");
        // Samoa had no 30 December 2011.
        let missing_day = span("2011-12-30T10:00", "2011-12-31T09:00", "Pacific/Apia");
        assert_eq!(missing_day, "30T20:00 31T19:00");
    }

    #[test]
    fn in_a_doubled_hour_both_ends_are_the_first() {
        let berlin = |from: &str, to: &str| {
            let day = |time: &str| format!("2026-10-25T{time}");
            span(&day(from), &day(to), "Europe/Berlin")
        };
        assert_eq!(berlin("02:15", "02:45"), "25T00:15 25T00:45");
        assert_eq!(berlin("01:30", "02:30"), "24T23:30 25T00:30");
        assert_eq!(berlin("02:30", "03:30"), "25T00:30 25T02:30");
    }

    /// Tried around every clock change of every zone: nothing ends before it begins, and what
    /// starts in a missing hour keeps its length.
    #[test]
    fn nothing_ends_before_it_begins_in_any_zone() {
        let mut changes = 0;
        for name in zone_names() {
            let zone = TimeZone::get(&name).unwrap();
            let since = to_jiff("2010-01-01T00:00:00Z".parse().unwrap());
            for change in zone.following(since).take(24) {
                changes += 1;
                let around = local_of(to_chrono(change.timestamp()), &name);
                for (before, length) in [(90, 30), (45, 20), (45, 90), (30, 0), (15, 1500)] {
                    let starts = around - TimeDelta::minutes(before);
                    let wall = TimeDelta::minutes(length);
                    let (starts_at, ends_at) = resolve_span(starts, starts + wall, &name);
                    let real = ends_at - starts_at;
                    assert!(real >= TimeDelta::zero(), "{name} {starts} {length}");
                    let moved = local_of(starts_at, &name) != starts;
                    if moved && length < 1440 {
                        assert_eq!(real, wall, "{name} {starts} {length}");
                    }
                }
            }
        }
        assert!(changes > 3000, "{changes} changes of clocks");
    }

    #[test]
    fn a_moment_is_over_a_little_later_and_a_date_when_it_ends_last() {
        let at: DateTime<Utc> = "2026-12-02T09:00:00Z".parse().unwrap();
        assert_eq!(over_after(at, None), at + MOMENT);
        assert_eq!(over_after(at, Some(at)), at + MOMENT);
        let later = at + TimeDelta::hours(1);
        assert_eq!(over_after(at, Some(later)), later);
        let over = over_everywhere(at.date_naive());
        assert_eq!(
            over,
            crate::platform::time::civil::end_of_day(at.date_naive(), "Etc/GMT+12")
        );
    }
}
