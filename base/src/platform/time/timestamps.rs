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

use chrono::{DateTime, Datelike, SecondsFormat, Timelike, Utc};
use serde::{Serialize, Serializer};

/// `2027-01-02T12:00:00.000Z`.
pub fn write_instant(at: DateTime<Utc>) -> String {
    let usual = Written::of(at);
    usual.map_or_else(|| in_general(at), |written| written.as_str().to_owned())
}

/// Any instant. chrono writes it by a pattern, which takes ten times as long as [`Written`].
fn in_general(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// An instant as text, without memory of its own: a page of a list has hundreds of them.
struct Written([u8; 24]);

impl Written {
    /// `None` for a year without four digits, and for a leap second.
    fn of(at: DateTime<Utc>) -> Option<Self> {
        let year = u32::try_from(at.year())
            .ok()
            .filter(|year| *year < 10_000)?;
        let millis = at.nanosecond() / 1_000_000;
        if millis >= 1000 {
            return None;
        }
        let mut text = *b"0000-00-00T00:00:00.000Z";
        for (end, number) in [
            (4, year),
            (7, at.month()),
            (10, at.day()),
            (13, at.hour()),
            (16, at.minute()),
            (19, at.second()),
            (23, millis),
        ] {
            put_number(&mut text, end, number);
        }
        Some(Self(text))
    }

    fn as_str(&self) -> &str {
        // Every byte is ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Writes a number into a text of zeros, so that its last digit stands before `end`.
pub(crate) fn put_number(text: &mut [u8], end: usize, mut number: u32) {
    for place in text[..end].iter_mut().rev() {
        if number == 0 {
            return;
        }
        *place = b"0123456789"[(number % 10) as usize];
        number /= 10;
    }
}

/// A type that [`in_milliseconds`] can write.
pub trait Timestamp {
    /// `None` is written as null.
    fn instant(&self) -> Option<DateTime<Utc>>;
}

impl Timestamp for DateTime<Utc> {
    fn instant(&self) -> Option<DateTime<Utc>> {
        Some(*self)
    }
}

impl Timestamp for Option<DateTime<Utc>> {
    fn instant(&self) -> Option<DateTime<Utc>> {
        *self
    }
}

/// For `#[serde(serialize_with = "in_milliseconds")]`.
pub fn in_milliseconds<S: Serializer>(
    at: &impl Timestamp,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let Some(at) = at.instant() else {
        return serializer.serialize_none();
    };
    match Written::of(at) {
        Some(written) => serializer.serialize_str(written.as_str()),
        None => in_general(at).serialize(serializer),
    }
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

    #[test]
    fn every_instant_is_written_as_the_library_writes_it() {
        let first = DateTime::from_timestamp(-62_230_000_000, 0).unwrap();
        let last = DateTime::from_timestamp(253_450_000_000, 0).unwrap();
        assert_eq!((first.year(), last.year()), (-2, 10_001));
        let (first, last) = (first.timestamp_micros(), last.timestamp_micros());
        // A step that passes through all months, times of day and milliseconds.
        let mut micros = first;
        while micros < last {
            let at = DateTime::from_timestamp_micros(micros).unwrap();
            let library = at.to_rfc3339_opts(SecondsFormat::Millis, true);
            assert_eq!(write_instant(at), library);
            let mut json = Vec::new();
            in_milliseconds(&at, &mut serde_json::Serializer::new(&mut json)).unwrap();
            assert_eq!(json, format!("\"{library}\"").into_bytes());
            micros += 8_765_432_109_876;
        }
        let leap = DateTime::from_timestamp(1_483_228_799, 1_500_000_000).unwrap();
        assert_eq!(write_instant(leap), "2016-12-31T23:59:60.500Z");
        let mut json = Vec::new();
        let none: Option<DateTime<Utc>> = None;
        in_milliseconds(&none, &mut serde_json::Serializer::new(&mut json)).unwrap();
        assert_eq!(json, b"null");
    }
}
