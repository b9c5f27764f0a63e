//! Instants as answers write them: RFC 3339 in UTC, always with milliseconds. So a program can read
//! them by a single pattern and compare them as texts. The databases store microseconds; a field
//! of an answer cuts them off with
//!
//! ```ignore
//! #[serde(serialize_with = "in_milliseconds")]
//! pub created_at: DateTime<Utc>,
//! ```
//!
//! Without it, chrono writes as many digits as an instant happens to have: none on the full
//! second. [`crate::platform::time::civil::Instant`] cuts what clients send to milliseconds too, so
//! that they read back what they sent.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer};

/// `2027-01-02T12:00:00.000Z`.
pub fn write_instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A type that [`in_milliseconds`] can write.
pub trait Timestamp {
    /// `None` is written as null.
    fn written(&self) -> Option<String>;
}

impl Timestamp for DateTime<Utc> {
    fn written(&self) -> Option<String> {
        Some(write_instant(*self))
    }
}

impl Timestamp for Option<DateTime<Utc>> {
    fn written(&self) -> Option<String> {
        self.map(write_instant)
    }
}

/// For `#[serde(serialize_with = "in_milliseconds")]`.
pub fn in_milliseconds<S: Serializer>(
    at: &impl Timestamp,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    at.written().serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_always_has_milliseconds() {
        for (at, written) in [
            ("2027-01-02T12:00:00Z", "2027-01-02T12:00:00.000Z"),
            ("2027-01-02T12:00:00.5Z", "2027-01-02T12:00:00.500Z"),
            ("2027-01-02T12:00:59.999999Z", "2027-01-02T12:00:59.999Z"),
            ("2027-01-02T12:00:00+02:00", "2027-01-02T10:00:00.000Z"),
        ] {
            let at = DateTime::parse_from_rfc3339(at).unwrap();
            assert_eq!(write_instant(at.with_timezone(&Utc)), written);
        }
    }
}
