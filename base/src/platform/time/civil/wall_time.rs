//! Wall times and dates, as people type them.

use std::borrow::Cow;

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use garde::Validate;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

use crate::platform::time::timestamps::put_number;

/// A wall time to the minute, without its zone: `2027-01-02T12:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WallTime(pub NaiveDateTime);

impl Serialize for WallTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // chrono's patterns take ten times as long, and a page of a list has many wall times.
        let year = u32::try_from(self.0.year()).ok();
        let Some(year) = year.filter(|year| *year < 10_000) else {
            return serializer.collect_str(&self.0.format("%Y-%m-%dT%H:%M"));
        };
        let mut text = *b"0000-00-00T00:00";
        for (end, number) in [
            (4, year),
            (7, self.0.month()),
            (10, self.0.day()),
            (13, self.0.hour()),
            (16, self.0.minute()),
        ] {
            put_number(&mut text, end, number);
        }
        serializer.serialize_str(std::str::from_utf8(&text).unwrap_or_default())
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
                "A wall time to the minute, without an offset. `time_zone` says in which zone.",
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

/// A date that a person chose: `2027-01-02`, years 1900 to 2199.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Day(pub NaiveDate);

impl From<Day> for NaiveDate {
    fn from(day: Day) -> Self {
        day.0
    }
}

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
            .description(Some("A date, in the years 1900 to 2199."))
            .examples(["2027-01-02"])
            .into()
    }
}

impl utoipa::ToSchema for Day {
    fn name() -> Cow<'static, str> {
        "Day".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
