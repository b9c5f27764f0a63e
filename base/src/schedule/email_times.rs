//! When a person wants emails: not in their quiet hours, and the digest at its time. Both are times
//! of day in the zone of the person.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};

use crate::entity::user::{self, DIGEST_TIME, DigestWeekday};
use crate::platform::time::civil::{ClockTime, day_of, resolve, resolve_span};

/// How many days before a moment quiet hours can have begun that last until then. Where a zone left
/// a date out, quiet hours that go over midnight are two dates long.
const BEFORE: u64 = 2;
/// How long before quiet hours what cannot wait for their end is sent.
const EARLY: TimeDelta = TimeDelta::minutes(15);
/// How many dates are looked at for the next time: a week, and the date after a missing one.
const AHEAD: u64 = 9;

/// The hours of each night, or day, in which a person gets no emails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    from: NaiveTime,
    until: NaiveTime,
}

impl QuietHours {
    /// The quiet hours of an account, if it has some.
    pub fn of(account: &user::Model) -> Option<Self> {
        let ClockTime(from) = ClockTime::of_text(account.quiet_from.as_deref()?)?;
        let ClockTime(until) = ClockTime::of_text(account.quiet_until.as_deref()?)?;
        Some(Self { from, until })
    }

    /// When the quiet hours end that a moment is in. `None` if it is in none.
    ///
    /// A beginning or an end that the clocks leave out moves forward, and of a time that occurs twice
    /// the first counts.
    pub fn end_after(self, at: DateTime<Utc>, zone: &str) -> Option<DateTime<Utc>> {
        let today = day_of(at, zone);
        let days = (0..=BEFORE).filter_map(|days| today.checked_sub_days(Days::new(days)));
        let spans = days.filter_map(|day| self.span_from(day, zone));
        let around = spans.filter(|(from, until)| *from <= at && at < *until);
        around.map(|(_, until)| until).max()
    }

    /// The first quiet hours that begin after a moment.
    pub fn next_after(
        self,
        at: DateTime<Utc>,
        zone: &str,
    ) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let today = day_of(at, zone);
        let days = (0..=AHEAD).filter_map(|days| today.checked_add_days(Days::new(days)));
        let spans = days.filter_map(|day| self.span_from(day, zone));
        spans.filter(|(from, _)| *from > at).min()
    }

    /// When to look for what is sent before the next quiet hours of an account, if it has some.
    pub fn next_check(account: &user::Model, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let (from, _) = Self::of(account)?.next_after(now + EARLY, &account.time_zone)?;
        Some(from - EARLY)
    }

    /// The quiet hours that begin on a date.
    fn span_from(self, day: NaiveDate, zone: &str) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let goes_on_over_midnight = self.until <= self.from;
        let last = if goes_on_over_midnight {
            day.succ_opt()?
        } else {
            day
        };
        let (from, until) = (day.and_time(self.from), last.and_time(self.until));
        let (from_at, until_at) = (resolve(from, zone), resolve(until, zone));
        if from_at < until_at {
            return Some((from_at, until_at));
        }
        // Only the beginning is left out by the clocks: the end moves with it.
        Some(resolve_span(from, until, zone))
    }
}

/// When the digests of a person are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DigestTime {
    at: NaiveTime,
    /// The day of the week. `None`: every day.
    on: Option<Weekday>,
}

impl DigestTime {
    /// The time of the digests of an account.
    pub fn of(account: &user::Model) -> Self {
        let time = ClockTime::of_text(&account.digest_time);
        let ClockTime(at) = time
            .or_else(|| ClockTime::of_text(DIGEST_TIME))
            .unwrap_or(ClockTime(NaiveTime::MIN));
        Self {
            at,
            on: account.digest_weekday.map(weekday),
        }
    }

    /// The time of the first digest after a moment.
    pub fn next_after(self, at: DateTime<Utc>, zone: &str) -> DateTime<Utc> {
        let today = day_of(at, zone);
        let days = (0..=AHEAD).filter_map(|days| today.checked_add_days(Days::new(days)));
        let wanted = days.filter(|day| self.on.is_none_or(|on| day.weekday() == on));
        let mut times = wanted.map(|day| resolve(day.and_time(self.at), zone));
        times.find(|time| *time > at).unwrap_or(at)
    }
}

fn weekday(day: DigestWeekday) -> Weekday {
    match day {
        DigestWeekday::Monday => Weekday::Mon,
        DigestWeekday::Tuesday => Weekday::Tue,
        DigestWeekday::Wednesday => Weekday::Wed,
        DigestWeekday::Thursday => Weekday::Thu,
        DigestWeekday::Friday => Weekday::Fri,
        DigestWeekday::Saturday => Weekday::Sat,
        DigestWeekday::Sunday => Weekday::Sun,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::time::civil::{local_of, zone_names};

    fn time(text: &str) -> NaiveTime {
        ClockTime::of_text(text).unwrap().0
    }

    fn quiet(from: &str, until: &str) -> QuietHours {
        QuietHours {
            from: time(from),
            until: time(until),
        }
    }

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    /// When an email that is due at a moment is sent.
    fn sent(hours: QuietHours, at: &str, zone: &str) -> String {
        let at = instant(at);
        let at = hours.end_after(at, zone).unwrap_or(at);
        at.format("%m-%dT%H:%MZ").to_string()
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table of cases")]
    fn quiet_hours_defer_to_their_end() {
        let night = quiet("22:00", "07:00");
        let noon = quiet("12:30", "14:00");
        for (hours, at, zone, expected) in [
            // Over midnight, to the minute.
            (
                night,
                "2027-01-10T20:59:00Z",
                "Europe/Berlin",
                "01-10T20:59Z",
            ),
            (
                night,
                "2027-01-10T21:00:00Z",
                "Europe/Berlin",
                "01-11T06:00Z",
            ),
            (
                night,
                "2027-01-11T05:59:59Z",
                "Europe/Berlin",
                "01-11T06:00Z",
            ),
            (
                night,
                "2027-01-11T06:00:00Z",
                "Europe/Berlin",
                "01-11T06:00Z",
            ),
            // Within a day.
            (
                noon,
                "2027-01-10T11:29:00Z",
                "Europe/Berlin",
                "01-10T11:29Z",
            ),
            (
                noon,
                "2027-01-10T11:30:00Z",
                "Europe/Berlin",
                "01-10T13:00Z",
            ),
            (
                noon,
                "2027-01-10T13:00:00Z",
                "Europe/Berlin",
                "01-10T13:00Z",
            ),
            // The same moment in another zone.
            (
                night,
                "2027-01-10T21:00:00Z",
                "America/New_York",
                "01-10T21:00Z",
            ),
            (
                night,
                "2027-01-11T03:30:00Z",
                "America/New_York",
                "01-11T12:00Z",
            ),
            (
                night,
                "2027-01-10T17:00:00Z",
                "Asia/Kolkata",
                "01-11T01:30Z",
            ),
            // The clocks go forward in the night, and back.
            (
                night,
                "2027-03-27T22:00:00Z",
                "Europe/Berlin",
                "03-28T05:00Z",
            ),
            (
                night,
                "2027-10-30T21:00:00Z",
                "Europe/Berlin",
                "10-31T06:00Z",
            ),
            // The end is in the missing hour, and in the doubled one.
            (
                quiet("22:00", "02:30"),
                "2027-03-28T00:59:00Z",
                "Europe/Berlin",
                "03-28T01:30Z",
            ),
            (
                quiet("22:00", "02:30"),
                "2027-10-31T00:29:00Z",
                "Europe/Berlin",
                "10-31T00:30Z",
            ),
            (
                quiet("22:00", "02:30"),
                "2027-10-31T01:29:00Z",
                "Europe/Berlin",
                "10-31T01:29Z",
            ),
            // The beginning is in the missing hour: it moves with the end.
            (
                quiet("02:15", "02:45"),
                "2027-03-28T01:20:00Z",
                "Europe/Berlin",
                "03-28T01:45Z",
            ),
            (
                quiet("02:15", "02:45"),
                "2027-03-28T01:10:00Z",
                "Europe/Berlin",
                "03-28T01:10Z",
            ),
            // Half an hour of change, and a date that a zone left out.
            (
                night,
                "2027-04-03T12:00:00Z",
                "Australia/Lord_Howe",
                "04-03T20:30Z",
            ),
            (
                night,
                "2011-12-30T08:30:00Z",
                "Pacific/Apia",
                "12-30T17:00Z",
            ),
        ] {
            let told = format!("{hours:?} {at} {zone}");
            assert_eq!(sent(hours, at, zone), expected, "{told}");
        }
    }

    /// Tried around the clock changes of every zone: a deferral ends, and what was deferred is not
    /// deferred again.
    #[test]
    fn every_deferral_ends_in_every_zone() {
        let hours = [
            quiet("22:00", "07:00"),
            quiet("00:00", "06:00"),
            quiet("01:30", "02:30"),
            quiet("02:30", "03:00"),
            quiet("13:00", "12:59"),
        ];
        let since: jiff::Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let mut deferred = 0;
        for name in zone_names() {
            let zone = jiff::tz::TimeZone::get(&name).unwrap();
            for change in zone.following(since).take(6) {
                let change = change.timestamp().as_second();
                let change = DateTime::from_timestamp(change, 0).unwrap();
                for minutes in [-600, -90, -30, -1, 0, 1, 30, 90, 600] {
                    let at = change + TimeDelta::minutes(minutes);
                    for hours in hours {
                        let Some(end) = hours.end_after(at, &name) else {
                            continue;
                        };
                        deferred += 1;
                        let told = format!("{name} {at} {hours:?}");
                        assert!(at < end && end - at < TimeDelta::hours(26), "{told}");
                        assert_eq!(hours.end_after(end, &name), None, "{told}");
                    }
                }
            }
        }
        assert!(deferred > 1000, "{deferred} deferrals");
    }

    #[test]
    fn a_digest_is_sent_at_its_time_on_its_day() {
        let at = |at: &str, on| DigestTime { at: time(at), on };
        for (digest, after, zone, expected) in [
            (
                at("08:00", None),
                "2027-01-10T06:59:00Z",
                "Europe/Berlin",
                "Sun 08:00",
            ),
            (
                at("08:00", None),
                "2027-01-10T07:00:00Z",
                "Europe/Berlin",
                "Mon 08:00",
            ),
            (
                at("08:00", None),
                "2027-01-10T12:59:00Z",
                "America/New_York",
                "Sun 08:00",
            ),
            (
                at("18:00", Some(Weekday::Fri)),
                "2027-01-10T07:00:00Z",
                "Europe/Berlin",
                "Fri 18:00",
            ),
            (
                at("18:00", Some(Weekday::Fri)),
                "2027-01-15T17:00:00Z",
                "Europe/Berlin",
                "Fri 18:00",
            ),
            // A missing time moves forward, and of a doubled one the first counts.
            (
                at("02:30", None),
                "2027-03-27T12:00:00Z",
                "Europe/Berlin",
                "Sun 03:30",
            ),
            (
                at("02:30", None),
                "2027-10-31T00:30:00Z",
                "Europe/Berlin",
                "Mon 02:30",
            ),
        ] {
            let next = digest.next_after(instant(after), zone);
            assert!(next > instant(after));
            let told = local_of(next, zone).format("%a %H:%M").to_string();
            assert_eq!(told, expected, "{digest:?} {after} {zone}");
        }
    }
}
