//! Writes a time for a reader: in the reader's zone, with the name of the zone where it helps.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use jiff::tz::TimeZone;

use super::to_jiff;
use crate::platform::language::Language;

/// The parts of a date, which chrono and jiff write with the English names.
const DATE: &str = "%a|%-d|%b|%Y";

/// The time zone and the language in which a reader is told times, and whether the zone is named.
#[derive(Clone, Copy, Debug)]
pub struct ReaderZone<'a> {
    name: &'a str,
    /// The zone that goes without saying.
    usual: Option<&'a str>,
    language: Language,
}

impl<'a> ReaderZone<'a> {
    /// A zone that is always named.
    pub fn named(name: &'a str) -> Self {
        Self {
            name,
            usual: None,
            language: Language::ENGLISH,
        }
    }

    /// The zone of a member. It is named only if clocks in it differ from those of the circle:
    /// most members live where their circle is, and for them a zone is noise.
    pub fn in_circle(name: &'a str, circle: &'a str) -> Self {
        Self {
            name,
            usual: Some(circle),
            language: Language::ENGLISH,
        }
    }

    /// With days and months in this language. Without it they are English.
    #[must_use]
    pub fn in_language(self, language: Language) -> Self {
        Self { language, ..self }
    }

    /// The language of the reader.
    pub fn language(self) -> Language {
        self.language
    }
}

/// A time as its reader is told it. As text: `Sat 2 January 2027, 12:00 (Europe/Berlin, UTC+1)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderTime {
    /// The day and the wall time: `Sat 2 January 2027, 12:00`.
    pub clock: String,
    /// The zone by name and offset, if it is named. HTML shows it small.
    pub zone: Option<String>,
}

impl fmt::Display for ReaderTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.zone {
            Some(zone) => write!(f, "{} ({zone})", self.clock),
            None => f.write_str(&self.clock),
        }
    }
}

/// An instant as a reader in this zone is told it.
pub fn for_reader(at: DateTime<Utc>, zone: ReaderZone<'_>) -> ReaderTime {
    let local = zoned(at, zone.name);
    let same_clock = |usual| zoned(at, usual).offset() == local.offset();
    let is_named = !zone.usual.is_some_and(same_clock);
    ReaderTime {
        clock: at_clock(&local, "time-day", zone.language),
        zone: is_named.then(|| name_of(&local, zone.name)),
    }
}

/// A zone by name and offset: `Europe/Berlin, UTC+1`.
fn name_of(local: &jiff::Zoned, zone: &str) -> String {
    let offset = local.offset().seconds() / 60;
    let (hours, minutes) = (offset / 60, (offset % 60).abs());
    let offset = match (offset, minutes) {
        (0, _) => "UTC".to_owned(),
        (_, 0) => format!("UTC{hours:+}"),
        _ => format!("UTC{hours:+}:{minutes:02}"),
    };
    // A zone that is only an offset is named by the offset. The sign of `Etc/GMT-2` would confuse
    // people: it is two hours ahead of UTC.
    if zone == offset || zone.starts_with("Etc/") {
        return offset;
    }
    format!("{zone}, {offset}")
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
    pub fn in_short(self, zone: &str, language: Language) -> String {
        let key = "time-short-day";
        match self {
            Self::At(at) => at_clock(&zoned(at, zone), key, language),
            Self::On(day) => in_words(&day.format(DATE).to_string(), key, language),
        }
    }

    /// For the text of an email, with the last date of something that takes several days:
    /// `Sat 2 January 2027 to Tue 5 January 2027`.
    pub fn until_for_reader(self, last: Option<NaiveDate>, zone: ReaderZone<'_>) -> ReaderTime {
        match (self, last) {
            (Self::On(day), Some(last)) => ReaderTime {
                clock: zone
                    .language
                    .say("time-days")
                    .with("first", &day_for_reader(day, zone.language))
                    .with("last", &day_for_reader(last, zone.language))
                    .to_string(),
                zone: None,
            },
            _ => self.for_reader(zone),
        }
    }

    /// For the text of an email, in the reader's zone.
    pub fn for_reader(self, zone: ReaderZone<'_>) -> ReaderTime {
        match self {
            Self::At(at) => for_reader(at, zone),
            Self::On(day) => ReaderTime {
                clock: day_for_reader(day, zone.language),
                zone: None,
            },
        }
    }
}

/// A date for a reader: `Sat 2 January 2027`.
pub fn day_for_reader(day: NaiveDate, language: Language) -> String {
    in_words(&day.format(DATE).to_string(), "time-day", language)
}

/// A day and a time of day.
fn at_clock(local: &jiff::Zoned, key: &str, language: Language) -> String {
    let day = in_words(&local.strftime(DATE).to_string(), key, language);
    let clock = local.strftime("%H:%M").to_string();
    let message = language.say("time-clock").with("day", &day);
    message.with("clock", &clock).to_string()
}

/// A day in a language, from its parts by [`DATE`].
fn in_words(parts: &str, key: &str, language: Language) -> String {
    let mut parts = parts.split('|').map(str::to_lowercase);
    let mut next = || parts.next().unwrap_or_default();
    let weekday = language.say("time-weekday").choosing("which", &next());
    let day = next();
    let month = language.say("time-month").choosing("which", &next());
    let message = language.say(key).with("weekday", &weekday.to_string());
    let message = message.with("day", &day).with("month", &month.to_string());
    message.with("year", &next()).to_string()
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
        for (zone, told) in [
            (
                "Asia/Kolkata",
                "Sat 2 January 2027, 16:30 (Asia/Kolkata, UTC+5:30)",
            ),
            (
                "America/New_York",
                "Sat 2 January 2027, 06:00 (America/New_York, UTC-5)",
            ),
            ("UTC", "Sat 2 January 2027, 11:00 (UTC)"),
        ] {
            let time = for_reader(noon, ReaderZone::named(zone));
            assert_eq!(time.to_string(), told);
        }
    }

    #[test]
    fn a_member_reads_the_zone_only_if_clocks_in_the_circle_differ() {
        let noon = resolve(
            NaiveDate::from_ymd_opt(2027, 1, 2)
                .unwrap()
                .and_hms_opt(12, 0, 0)
                .unwrap(),
            "Europe/Berlin",
        );
        let told =
            |zone| for_reader(noon, ReaderZone::in_circle(zone, "Europe/Berlin")).to_string();
        assert_eq!(told("Europe/Berlin"), "Sat 2 January 2027, 12:00");
        assert_eq!(told("Europe/Paris"), "Sat 2 January 2027, 12:00");
        assert_eq!(
            told("Europe/London"),
            "Sat 2 January 2027, 11:00 (Europe/London, UTC)"
        );
    }
}
