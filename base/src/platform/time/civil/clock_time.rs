//! Times of day, as people set them: `22:00`.

use std::borrow::Cow;

use chrono::NaiveTime;
use garde::Validate;
use serde::{Deserialize, Deserializer, de};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

const FORMAT: &str = "%H:%M";

/// A time of day to the minute, of which the zone is said elsewhere. A row stores it as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClockTime(pub NaiveTime);

impl ClockTime {
    /// The time of day that a row stores, or that a client sends.
    pub fn of_text(text: &str) -> Option<Self> {
        let minutes = text
            .strip_suffix(":00")
            .filter(|minutes| minutes.len() == 5);
        let minutes = minutes.unwrap_or(text);
        let time = NaiveTime::parse_from_str(minutes, FORMAT).ok()?;
        (minutes.len() == 5).then_some(Self(time))
    }
}

impl From<ClockTime> for String {
    fn from(time: ClockTime) -> Self {
        time.0.format(FORMAT).to_string()
    }
}

impl<'de> Deserialize<'de> for ClockTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Self::of_text(&text).ok_or_else(|| de::Error::custom("not a time of day like 22:00"))
    }
}

impl Validate for ClockTime {
    type Context = ();
    fn validate_into(&self, (): &(), _: &mut dyn FnMut() -> garde::Path, _: &mut garde::Report) {}
}

impl utoipa::PartialSchema for ClockTime {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A time of day to the minute."))
            .pattern(Some(r"^\d{2}:\d{2}(:00)?$"))
            .examples(["22:00"])
            .into()
    }
}

impl utoipa::ToSchema for ClockTime {
    fn name() -> Cow<'static, str> {
        "ClockTime".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_has_two_digits_each() {
        let read = |text: &str| ClockTime::of_text(text).map(String::from);
        for (sent, stored) in [
            ("22:00", "22:00"),
            ("00:00", "00:00"),
            ("07:30:00", "07:30"),
        ] {
            assert_eq!(read(sent).as_deref(), Some(stored));
        }
        for bad in [
            "", "7:00", "24:00", "22:60", "22", "22:00:30", "22:00Z", "10 pm",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
