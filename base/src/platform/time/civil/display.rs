//! Writes a time for a reader: in the reader's zone, with the name of the zone.

use chrono::{DateTime, NaiveDate, Utc};
use jiff::tz::TimeZone;

use super::to_jiff;

/// The wall time, and the zone by name and offset:
/// `Sat 2 January 2027, 12:00 (Europe/Berlin, UTC+1)`.
pub fn for_reader(at: DateTime<Utc>, zone: &str) -> String {
    let zoned = zoned(at, zone);
    let offset = zoned.offset().seconds() / 60;
    let (hours, minutes) = (offset / 60, (offset % 60).abs());
    let offset = match (offset, minutes) {
        (0, _) => "UTC".to_owned(),
        (_, 0) => format!("UTC{hours:+}"),
        _ => format!("UTC{hours:+}:{minutes:02}"),
    };
    let clock = zoned.strftime("%a %-d %B %Y, %H:%M");
    // A zone that is only an offset is named by the offset. The sign of `Etc/GMT-2` would confuse
    // people: it is two hours ahead of UTC.
    if zone == offset || zone.starts_with("Etc/") {
        return format!("{clock} ({offset})");
    }
    format!("{clock} ({zone}, {offset})")
}

/// An instant, or a day without a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    At(DateTime<Utc>),
    On(NaiveDate),
}

impl Moment {
    /// Made from two columns, of which at most one is set.
    pub fn of(at: Option<DateTime<Utc>>, on: Option<NaiveDate>) -> Option<Self> {
        at.map(Self::At).or(on.map(Self::On))
    }

    /// The values for the two columns.
    pub fn parts(self) -> (Option<DateTime<Utc>>, Option<NaiveDate>) {
        match self {
            Self::At(at) => (Some(at), None),
            Self::On(day) => (None, Some(day)),
        }
    }

    /// For the subject of an email, in the reader's zone: `Sat 2 January, 12:00`.
    pub fn in_short(self, zone: &str) -> String {
        match self {
            Self::At(at) => zoned(at, zone).strftime("%a %-d %B, %H:%M").to_string(),
            Self::On(day) => day.format("%a %-d %B").to_string(),
        }
    }

    /// For the text of an email, in the reader's zone.
    pub fn for_reader(self, zone: &str) -> String {
        match self {
            Self::At(at) => for_reader(at, zone),
            Self::On(day) => day_for_reader(day),
        }
    }
}

/// A date for a reader: `Sat 2 January 2027`.
pub fn day_for_reader(day: NaiveDate) -> String {
    day.format("%a %-d %B %Y").to_string()
}

fn zoned(at: DateTime<Utc>, zone: &str) -> jiff::Zoned {
    let tz = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    to_jiff(at).to_zoned(tz)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::time::civil::resolve;

    #[test]
    fn a_time_is_told_in_the_readers_zone_with_the_zone_named() {
        let noon = resolve(
            NaiveDate::from_ymd_opt(2027, 1, 2)
                .unwrap()
                .and_hms_opt(12, 0, 0)
                .unwrap(),
            "Europe/Berlin",
        );
        assert_eq!(
            for_reader(noon, "Asia/Kolkata"),
            "Sat 2 January 2027, 16:30 (Asia/Kolkata, UTC+5:30)"
        );
        assert_eq!(
            for_reader(noon, "America/New_York"),
            "Sat 2 January 2027, 06:00 (America/New_York, UTC-5)"
        );
        assert_eq!(for_reader(noon, "UTC"), "Sat 2 January 2027, 11:00 (UTC)");
    }
}
