//! Instants that clients send.

use std::borrow::Cow;

use chrono::{DateTime, Datelike, SubsecRound, Timelike, Utc};
use garde::Validate;
use serde::{Deserialize, Deserializer, de};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

/// An instant that a client sends: RFC 3339, years 1900 to 2199, cut to milliseconds as answers
/// write them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub DateTime<Utc>);

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        DateTime::parse_from_rfc3339(&text)
            .ok()
            .map(|at| at.with_timezone(&Utc))
            // chrono reads a leap second as a second with too many nanoseconds.
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
            .description(Some("An instant with an offset, years 1900 to 2199."))
            .examples(["2027-01-02T12:00:00.000Z"])
            .into()
    }
}

impl utoipa::ToSchema for Instant {
    fn name() -> Cow<'static, str> {
        "Instant".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
