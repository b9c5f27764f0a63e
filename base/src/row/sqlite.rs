//! How SQLite stores each type: the formats are those of the ORM's driver, because both read what
//! the ORM writes.
//!
//! | type | cell |
//! |---|---|
//! | whole number, bool | integer |
//! | text, value of an enum | text |
//! | bytes, id | blob; an id has 16 bytes |
//! | instant | text `2026-03-01T09:30:00.123456+00:00`, in UTC; the fraction is left out if it is 0 |
//! | local time | text `2026-03-01 09:30:00`, with a fraction if it has one |
//! | date | text `2026-03-01` |

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, Utc};
use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, ValueRef};
use sea_orm::Value;
use uuid::Uuid;

use super::Cell;

/// A value of a statement, as SQLite stores it.
#[derive(Debug)]
pub struct Bound<'v>(pub &'v Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let integer = |number: Option<i64>| number.map_or(NULL, ToSqlOutput::from);
        let text = |text: Option<String>| text.map_or(NULL, ToSqlOutput::from);
        Ok(match self.0 {
            Value::Bool(flag) => integer(flag.map(i64::from)),
            Value::SmallInt(number) => integer(number.map(i64::from)),
            Value::Int(number) => integer(number.map(i64::from)),
            Value::BigInt(number) => integer(*number),
            Value::Unsigned(number) => integer(number.map(i64::from)),
            Value::BigUnsigned(Some(number)) => i64::try_from(*number)
                .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?
                .into(),
            Value::BigUnsigned(None) => NULL,
            Value::String(text) => text.as_ref().map_or(NULL, |text| {
                ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes()))
            }),
            Value::Bytes(bytes) => bytes
                .as_ref()
                .map_or(NULL, |bytes| ToSqlOutput::Borrowed(ValueRef::Blob(bytes))),
            Value::Uuid(id) => id.as_ref().map_or(NULL, |id| {
                ToSqlOutput::Borrowed(ValueRef::Blob(id.as_bytes()))
            }),
            Value::ChronoDateTimeUtc(at) => {
                text(at.map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, false)))
            }
            Value::ChronoDateTime(at) => text(at.map(|at| at.format("%F %T%.f").to_string())),
            Value::ChronoDate(day) => text(day.map(|day| day.format("%F").to_string())),
            other => {
                let kind = format!("no column holds {:?}", other.array_type());
                return Err(rusqlite::Error::ToSqlConversionFailure(kind.into()));
            }
        })
    }
}

const NULL: ToSqlOutput<'static> = ToSqlOutput::Borrowed(ValueRef::Null);

impl Cell for bool {
    fn from_sqlite(cell: ValueRef<'_>) -> Option<Self> {
        i64::from_sqlite(cell).map(|number| number != 0)
    }
}

impl Cell for i32 {
    fn from_sqlite(cell: ValueRef<'_>) -> Option<Self> {
        i64::from_sqlite(cell)?.try_into().ok()
    }
}

impl Cell for i64 {
    fn from_sqlite(cell: ValueRef<'_>) -> Option<Self> {
        match cell {
            ValueRef::Integer(number) => Some(number),
            _ => None,
        }
    }
}

impl Cell for String {
    fn from_sqlite(cell: ValueRef<'_>) -> Option<Self> {
        text(cell).map(str::to_owned)
    }
}

impl Cell for Vec<u8> {
    fn from_sqlite(cell: ValueRef<'_>) -> Option<Self> {
        match cell {
            ValueRef::Blob(bytes) => Some(bytes.to_vec()),
            _ => None,
        }
    }
}

impl Cell for Uuid {
    fn from_sqlite(cell: ValueRef<'_>) -> Option<Self> {
        match cell {
            ValueRef::Blob(bytes) => Self::from_slice(bytes).ok(),
            _ => None,
        }
    }
}

impl Cell for DateTime<Utc> {
    fn from_sqlite(cell: ValueRef<'_>) -> Option<Self> {
        let text = text(cell)?;
        let in_utc = text.strip_suffix("+00:00").and_then(read_moment);
        in_utc.map(|moment| moment.and_utc()).or_else(|| {
            let at = DateTime::parse_from_rfc3339(text).ok()?;
            Some(at.with_timezone(&Utc))
        })
    }
}

impl Cell for NaiveDateTime {
    fn from_sqlite(cell: ValueRef<'_>) -> Option<Self> {
        let text = text(cell)?;
        read_moment(text).or_else(|| Self::parse_from_str(text, "%F %T%.f").ok())
    }
}

impl Cell for NaiveDate {
    fn from_sqlite(cell: ValueRef<'_>) -> Option<Self> {
        let text = text(cell)?;
        read_date(text.as_bytes()).or_else(|| Self::parse_from_str(text, "%F").ok())
    }
}

/// The text of a cell.
pub fn text(cell: ValueRef<'_>) -> Option<&str> {
    match cell {
        ValueRef::Text(text) => std::str::from_utf8(text).ok(),
        _ => None,
    }
}

/// Reads `2026-03-01T09:30:00.123456`, with a space or a `T`, and with up to nine digits of a
/// second or none. The parsers of patterns cost several times as much, and are for any other text.
fn read_moment(text: &str) -> Option<NaiveDateTime> {
    let text = text.as_bytes();
    let (date, time) = text.split_at_checked(10)?;
    let [
        b' ' | b'T',
        h1,
        h2,
        b':',
        m1,
        m2,
        b':',
        s1,
        s2,
        fraction @ ..,
    ] = time
    else {
        return None;
    };
    let nanos = match fraction {
        [] => 0,
        [b'.', digits @ ..] if (1..=9).contains(&digits.len()) => digits
            .len()
            .try_into()
            .ok()
            .and_then(|length: u32| Some(read_number(digits)? * 10_u32.pow(9 - length)))?,
        _ => return None,
    };
    let (hour, minute) = (read_number(&[*h1, *h2])?, read_number(&[*m1, *m2])?);
    let second = read_number(&[*s1, *s2])?;
    let time = NaiveTime::from_hms_nano_opt(hour, minute, second, nanos)?;
    Some(read_date(date)?.and_time(time))
}

/// Reads `2026-03-01`.
fn read_date(text: &[u8]) -> Option<NaiveDate> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else {
        return None;
    };
    let year = read_number(&[*y1, *y2, *y3, *y4])?.try_into().ok()?;
    let (month, day) = (read_number(&[*m1, *m2])?, read_number(&[*d1, *d2])?);
    NaiveDate::from_ymd_opt(year, month, day)
}

fn read_number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, digit| {
        digit
            .is_ascii_digit()
            .then(|| number * 10 + u32::from(digit - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> ValueRef<'_> {
        ValueRef::Text(text.as_bytes())
    }

    #[test]
    fn an_instant_is_read_as_it_was_bound() {
        for nanos in [0, 5_000_000, 120_000_000, 123_456_000, 999_999_999] {
            for seconds in [-62_135_596_800_i64, -1, 0, 1_790_000_000, 253_402_300_799] {
                let at = DateTime::from_timestamp(seconds, nanos).unwrap();
                let value = Value::from(at);
                let Ok(ToSqlOutput::Owned(rusqlite::types::Value::Text(text))) =
                    Bound(&value).to_sql()
                else {
                    panic!("an instant is a text");
                };
                assert_eq!(
                    DateTime::<Utc>::from_sqlite(cell(&text)),
                    Some(at),
                    "{text}"
                );
                let local = at.naive_utc();
                let value = Value::from(local);
                let Ok(ToSqlOutput::Owned(rusqlite::types::Value::Text(text))) =
                    Bound(&value).to_sql()
                else {
                    panic!("a local time is a text");
                };
                assert_eq!(
                    NaiveDateTime::from_sqlite(cell(&text)),
                    Some(local),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn what_is_no_time_is_not_read() {
        for wrong in [
            "",
            "2026-13-01T00:00:00+00:00",
            "2026-02-30T00:00:00+00:00",
            "2026-01-01T24:00:00+00:00",
            "2026-01-01T00:00:0x+00:00",
            "2026-01-01T00:00:00.+00:00",
        ] {
            assert_eq!(DateTime::<Utc>::from_sqlite(cell(wrong)), None, "{wrong}");
        }
        assert_eq!(NaiveDate::from_sqlite(cell("2026-2-3x")), None);
        assert_eq!(i32::from_sqlite(ValueRef::Integer(i64::MAX)), None);
        assert_eq!(Uuid::from_sqlite(ValueRef::Blob(&[1, 2])), None);
        assert_eq!(String::from_sqlite(ValueRef::Null), None);
        assert_eq!(Option::<String>::from_sqlite(ValueRef::Null), Some(None));
    }

    #[test]
    fn an_instant_with_another_offset_is_read_as_well() {
        let at = DateTime::<Utc>::from_sqlite(cell("2026-01-01T02:00:00+02:00"));
        assert_eq!(at, DateTime::from_timestamp(1_767_225_600, 0));
    }
}
