//! Times as people choose them: a wall time and the IANA zone it was meant in.
//! jiff resolves them; at a clock change a missing time moves forward and a
//! doubled one is the first.

mod other_names;
mod zone;

use std::borrow::Cow;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, SubsecRound, TimeDelta, Timelike, Utc};
use garde::Validate;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

pub use self::zone::{ZoneName, named_or_unknown, zone_names};

/// A wall time to the minute, without its zone: `2027-01-02T12:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WallTime(pub NaiveDateTime);

impl Serialize for WallTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.format("%Y-%m-%dT%H:%M"))
    }
}

impl<'de> Deserialize<'de> for WallTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let minutes = text.strip_suffix(":00").filter(|rest| rest.len() == 16);
        NaiveDateTime::parse_from_str(minutes.unwrap_or(&text), "%Y-%m-%dT%H:%M")
            .ok()
            .filter(|time| text.len() >= 16 && (1900..2200).contains(&time.year()))
            .map(Self)
            .ok_or_else(|| {
                de::Error::custom("not a wall time like 2027-01-02T12:00, without an offset")
            })
    }
}

impl Validate for WallTime {
    type Context = ();
    fn validate_into(&self, (): &(), _: &mut dyn FnMut() -> garde::Path, _: &mut garde::Report) {}
}

impl utoipa::PartialSchema for WallTime {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(
                "A wall time to the minute, without an offset; `time_zone` says where it is meant.",
            ))
            .pattern(Some(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:00)?$"))
            .examples(["2027-01-02T12:00"])
            .into()
    }
}

impl utoipa::ToSchema for WallTime {
    fn name() -> Cow<'static, str> {
        "WallTime".into()
    }
}

/// A date a person chose: `2027-01-02`, years 1900 to 2199.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Day(pub NaiveDate);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        NaiveDate::parse_from_str(&text, "%Y-%m-%d")
            .ok()
            .filter(|day| text.len() == 10 && (1900..2200).contains(&day.year()))
            .map(Self)
            .ok_or_else(|| de::Error::custom("not a date like 2027-01-02"))
    }
}

impl Validate for Day {
    type Context = ();
    fn validate_into(&self, (): &(), _: &mut dyn FnMut() -> garde::Path, _: &mut garde::Report) {}
}

impl utoipa::PartialSchema for Day {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                utoipa::openapi::KnownFormat::Date,
            )))
            .description(Some("A date."))
            .examples(["2027-01-02"])
            .into()
    }
}

impl utoipa::ToSchema for Day {
    fn name() -> Cow<'static, str> {
        "Day".into()
    }
}

/// An instant that a client names: RFC 3339, years 1900 to 2199, cut to the
/// milliseconds that answers write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub DateTime<Utc>);

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        DateTime::parse_from_rfc3339(&text)
            .ok()
            .map(|at| at.with_timezone(&Utc))
            // A leap second has more nanoseconds than a second has.
            .filter(|at| at.nanosecond() < 1_000_000_000 && (1900..2200).contains(&at.year()))
            .map(|at| Self(at.trunc_subsecs(3)))
            .ok_or_else(|| de::Error::custom("not an instant like 2027-01-02T12:00:00Z"))
    }
}

impl Validate for Instant {
    type Context = ();
    fn validate_into(&self, (): &(), _: &mut dyn FnMut() -> garde::Path, _: &mut garde::Report) {}
}

impl utoipa::PartialSchema for Instant {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                utoipa::openapi::KnownFormat::DateTime,
            )))
            .description(Some("An instant with its offset, years 1900 to 2199."))
            .examples(["2027-01-02T12:00:00.000Z"])
            .into()
    }
}

impl utoipa::ToSchema for Instant {
    fn name() -> Cow<'static, str> {
        "Instant".into()
    }
}

/// The instant of a wall time. An unknown zone counts as UTC: names are judged
/// on their way in, and the database of zones only grows.
pub fn resolve(local: NaiveDateTime, zone: &str) -> DateTime<Utc> {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    to_civil(local)
        .and_then(|civil| zone.to_ambiguous_timestamp(civil).compatible())
        .map_or_else(|_| local.and_utc(), to_chrono)
}

/// A wall time on a date.
pub fn on_day(day: NaiveDate, hour: u32, zone: &str) -> DateTime<Utc> {
    resolve(day.and_hms_opt(hour, 0, 0).unwrap_or_default(), zone)
}

/// The instant at which a date is over.
pub fn end_of_day(day: NaiveDate, zone: &str) -> DateTime<Utc> {
    on_day(day.succ_opt().unwrap_or(day), 0, zone)
}

/// The date on which a moment falls.
pub fn day_of(at: DateTime<Utc>, zone: &str) -> NaiveDate {
    let tz = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let offset = tz.to_offset(to_jiff(at)).seconds();
    (at + TimeDelta::seconds(offset.into())).date_naive()
}

/// What a clock on the wall shows, and the zone by name and offset:
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
    // A zone that is only an offset is called by it: `Etc/GMT-2` is two hours ahead.
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
    /// Of two columns, at most one of which is set.
    pub fn of(at: Option<DateTime<Utc>>, on: Option<NaiveDate>) -> Option<Self> {
        at.map(Self::At).or(on.map(Self::On))
    }

    /// The two columns again.
    pub fn parts(self) -> (Option<DateTime<Utc>>, Option<NaiveDate>) {
        match self {
            Self::At(at) => (Some(at), None),
            Self::On(day) => (None, Some(day)),
        }
    }

    /// For a subject, to a reader in a zone: `Sat 2 January, 12:00`.
    pub fn in_short(self, zone: &str) -> String {
        match self {
            Self::At(at) => zoned(at, zone).strftime("%a %-d %B, %H:%M").to_string(),
            Self::On(day) => day.format("%a %-d %B").to_string(),
        }
    }

    /// For a reader in a zone.
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

/// `minutes` as a span of time.
pub fn minutes(minutes: i32) -> TimeDelta {
    TimeDelta::minutes(i64::from(minutes))
}

fn zoned(at: DateTime<Utc>, zone: &str) -> jiff::Zoned {
    let tz = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    to_jiff(at).to_zoned(tz)
}

fn to_civil(local: NaiveDateTime) -> Result<jiff::civil::DateTime, jiff::Error> {
    jiff::civil::DateTime::strptime(
        "%Y-%m-%dT%H:%M:%S",
        local.format("%Y-%m-%dT%H:%M:%S").to_string(),
    )
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

    #[test]
    fn a_day_begins_at_midnight_of_its_zone() {
        let at = DateTime::from_timestamp(1_798_758_000, 0).unwrap();
        let day = |zone| day_of(at, zone).to_string();
        assert_eq!(day("UTC"), "2026-12-31");
        assert_eq!(day("Europe/Berlin"), "2027-01-01");
        assert_eq!(day("America/New_York"), "2026-12-31");
    }

    #[test]
    fn wall_times_have_no_offset_and_no_seconds() {
        for bad in [
            "2027-01-02T12:00Z",
            "2027-01-02T12:00+01:00",
            "2027-01-02 12:00",
            "2027-01-02T12:00:30",
            "1899-01-02T12:00",
            "2027-02-30T12:00",
        ] {
            assert!(
                serde_json::from_value::<WallTime>(bad.into()).is_err(),
                "{bad}"
            );
        }
        let seconds: WallTime = serde_json::from_value("2027-01-02T12:00:00".into()).unwrap();
        assert_eq!(serde_json::to_value(seconds).unwrap(), "2027-01-02T12:00");
    }

    #[test]
    fn instants_are_what_both_databases_keep_and_answers_write() {
        let read = |text: &str| serde_json::from_value::<Instant>(text.into());
        for bad in [
            "-262143-01-01T00:00:00Z",
            "+262142-12-31T23:59:59Z",
            "0000-01-01T00:00:00Z",
            "1899-12-31T23:59:59Z",
            "2200-01-01T00:00:00Z",
            "2199-12-31T23:30:00-01:00",
            "2016-12-31T23:59:60Z",
            "2027-01-02T12:00:00",
            "2027-01-02T24:00:00Z",
            "2027-01-02",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
        for (good, kept) in [
            ("1900-01-01T00:00:00Z", "1900-01-01T00:00:00+00:00"),
            ("2200-01-01T00:30:00+01:00", "2199-12-31T23:30:00+00:00"),
            (
                "2027-01-02T12:00:00.1234567+01:00",
                "2027-01-02T11:00:00.123+00:00",
            ),
        ] {
            assert_eq!(read(good).unwrap().0.to_rfc3339(), kept);
        }
    }
}
