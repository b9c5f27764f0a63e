//! The names of time zones: the names of the IANA database, and other names that devices use.

use std::borrow::Cow;

use garde::Validate;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

use super::zone_aliases::{by_offset, by_windows_name};
use crate::platform::text::take_off_hidden;

const LONGEST: usize = 64;
/// A device that does not know its zone sends this name.
const UNKNOWN: &str = "Etc/Unknown";
/// In the database, but not a place. A machine that was not set up has this zone.
const NOWHERE: &str = "Factory";

/// The name of a zone in the IANA database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ZoneName(String);

impl ZoneName {
    /// The name in the spelling of the database.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The zone with this name, if there is one. The name may be an IANA name, also an older one, a
    /// name of Windows, or an offset like `GMT+02:00`.
    pub fn named(name: &str) -> Option<Self> {
        let name = take_off_hidden(name);
        let name = name.trim();
        if name.len() > LONGEST {
            return None;
        }
        Self::of_iana(name)
            .or_else(|| Self::of_iana(by_windows_name(name)?))
            .or_else(|| Self::of_iana(&by_offset(name)?))
    }

    fn of_iana(name: &str) -> Option<Self> {
        let zone = TimeZone::get(name).ok().filter(|_| !is_nowhere(name))?;
        zone.iana_name().map(|name| Self(name.to_owned()))
    }

    /// The zone of this machine, or UTC if the machine does not say.
    pub fn of_this_machine() -> Self {
        let zone = TimeZone::try_system().unwrap_or(TimeZone::UTC);
        let name = zone.iana_name().and_then(Self::named);
        name.unwrap_or_else(Self::utc)
    }

    /// The zone that counts where nobody chose another.
    pub fn utc() -> Self {
        Self("UTC".into())
    }
}

fn is_nowhere(name: &str) -> bool {
    [UNKNOWN, NOWHERE]
        .iter()
        .any(|none| name.eq_ignore_ascii_case(none))
}

impl From<ZoneName> for String {
    fn from(zone: ZoneName) -> Self {
        zone.0
    }
}

impl<'de> Deserialize<'de> for ZoneName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Self::named(&text).ok_or_else(|| {
            de::Error::custom(
                "this server knows no such time zone. Send a name like Europe/Berlin, \
                 or an offset in whole hours like UTC+2",
            )
        })
    }
}

/// Reads a zone that has a default. A device that does not know its zone leaves it out, or sends
/// null, an empty text, `Etc/Unknown` or `Factory`.
pub fn named_or_unknown<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<ZoneName>, D::Error> {
    let text = Option::<Cow<'_, str>>::deserialize(deserializer)?;
    let known = text.filter(|text| {
        let text = text.trim();
        !text.is_empty() && !is_nowhere(text)
    });
    known
        .map(|text| ZoneName::deserialize(de::value::CowStrDeserializer::new(text)))
        .transpose()
}

impl Validate for ZoneName {
    type Context = ();
    fn validate_into(&self, (): &(), _: &mut dyn FnMut() -> garde::Path, _: &mut garde::Report) {}
}

impl utoipa::PartialSchema for ZoneName {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(
                "The IANA name of a time zone. You can also send an older name, a name of Windows \
                 or an offset in whole hours (`GMT+02:00`); answers have the IANA name.",
            ))
            .max_length(Some(LONGEST))
            .examples(["Europe/Berlin"])
            .into()
    }
}

impl utoipa::ToSchema for ZoneName {
    fn name() -> Cow<'static, str> {
        "ZoneName".into()
    }
}

/// Every place in the IANA database, for a form to choose from.
pub fn zone_names() -> Vec<String> {
    let mut names: Vec<String> = jiff::tz::db()
        .available()
        .map(|name| name.to_string())
        .filter(|name| name == "UTC" || (name.contains('/') && !name.starts_with("Etc/")))
        .collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::time::civil::zone_aliases::{OFFSETS, WINDOWS};
    use crate::platform::time::civil::{ReaderZone, for_reader, resolve};

    fn zone(name: &str) -> Option<String> {
        ZoneName::named(name).map(String::from)
    }

    #[test]
    fn what_names_no_zone_is_refused() {
        for bad in [
            "Berlin",
            "CET6",
            "",
            "Mars/Base",
            "Etc/Unknown",
            "Factory",
            "../etc/passwd",
            "+25:00",
            "UTC+15",
            "GMT+02:20",
            "CEST",
            "GMT+2+2",
            "UTC+",
            "W. Mars Standard Time",
        ] {
            assert!(
                serde_json::from_value::<ZoneName>(bad.into()).is_err(),
                "{bad}"
            );
        }
    }

    #[test]
    fn names_are_taken_in_any_case_and_with_what_is_around_them() {
        for (name, known) in [
            ("Europe/Berlin", "Europe/Berlin"),
            ("europe/berlin", "Europe/Berlin"),
            ("EUROPE/BERLIN", "Europe/Berlin"),
            (" Europe/Berlin\n", "Europe/Berlin"),
            ("\u{200e}Europe/Berlin", "Europe/Berlin"),
            ("Asia/Calcutta", "Asia/Calcutta"),
            ("US/Pacific", "US/Pacific"),
            ("Europe/Kyiv", "Europe/Kyiv"),
            ("utc", "UTC"),
            ("Etc/GMT-2", "Etc/GMT-2"),
        ] {
            assert_eq!(zone(name).as_deref(), Some(known), "{name}");
        }
    }

    #[test]
    fn an_offset_is_a_zone_without_summer_time() {
        for (name, known) in [
            ("GMT+02:00", "Etc/GMT-2"),
            ("GMT+0200", "Etc/GMT-2"),
            ("GMT+2", "Etc/GMT-2"),
            ("UTC+2", "Etc/GMT-2"),
            ("utc+02", "Etc/GMT-2"),
            ("UTC +2", "Etc/GMT-2"),
            ("+02:00", "Etc/GMT-2"),
            ("UTC-05:00", "Etc/GMT+5"),
            ("GMT\u{2212}5", "Etc/GMT+5"),
            ("UTC+14", "Etc/GMT-14"),
            ("GMT-12:00", "Etc/GMT+12"),
            ("GMT+00:00", "UTC"),
            ("UTC-0", "UTC"),
            ("Z", "UTC"),
            ("GMT+05:30", "Asia/Kolkata"),
            ("UTC+5:45", "Asia/Kathmandu"),
            ("GMT-09:30", "Pacific/Marquesas"),
        ] {
            assert_eq!(zone(name).as_deref(), Some(known), "{name}");
        }
        let noon = resolve(
            chrono::NaiveDate::from_ymd_opt(2027, 1, 2)
                .unwrap()
                .and_hms_opt(12, 0, 0)
                .unwrap(),
            "Etc/GMT-2",
        );
        assert_eq!(noon.to_rfc3339(), "2027-01-02T10:00:00+00:00");
        assert_eq!(
            for_reader(noon, ReaderZone::named("Etc/GMT-2")).to_string(),
            "Sat 2 January 2027, 12:00 (UTC+2)"
        );
    }

    #[test]
    fn windows_names_are_places() {
        assert_eq!(
            zone("W. Europe Standard Time").as_deref(),
            Some("Europe/Berlin")
        );
        assert_eq!(
            zone("w. europe standard time").as_deref(),
            Some("Europe/Berlin")
        );
        assert_eq!(
            zone("Pacific Standard Time").as_deref(),
            Some("America/Los_Angeles")
        );
        assert_eq!(
            zone("W. Europe Summer Time").as_deref(),
            Some("Europe/Berlin")
        );
    }

    #[test]
    fn every_other_name_leads_to_a_zone_that_there_is() {
        assert!(WINDOWS.len() > 130);
        for (name, place) in WINDOWS {
            assert!(TimeZone::get(place).is_ok(), "{name}: {place}");
        }
        for (minutes, place) in OFFSETS {
            let place_zone = TimeZone::get(place).unwrap();
            for month in 1..=12 {
                let noon = jiff::civil::date(2026, month, 1).at(12, 0, 0, 0);
                let at = noon.to_zoned(place_zone.clone()).unwrap();
                assert_eq!(at.offset().seconds(), minutes * 60, "{place}");
            }
        }
    }

    #[test]
    fn a_device_that_does_not_know_its_zone_says_none() {
        #[derive(Deserialize)]
        struct Body {
            #[serde(default, deserialize_with = "named_or_unknown")]
            time_zone: Option<ZoneName>,
        }
        let read = |json: &str| serde_json::from_str::<Body>(json).map(|body| body.time_zone);
        for nothing in [
            "{}",
            r#"{"time_zone": null}"#,
            r#"{"time_zone": ""}"#,
            r#"{"time_zone": "Etc/Unknown"}"#,
        ] {
            assert_eq!(read(nothing).unwrap(), None, "{nothing}");
        }
        assert!(read(r#"{"time_zone": "Mars/Base"}"#).is_err());
        let berlin = read(r#"{"time_zone": "europe/berlin"}"#).unwrap();
        assert_eq!(berlin.unwrap().as_str(), "Europe/Berlin");
    }
}
