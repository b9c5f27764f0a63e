//! Bounded texts and numbers. Each bound stands here once: the body is judged
//! by it and the document shows it.
//!
//! A `line` is a single line: trimmed, in Unicode's composed form (NFC), no
//! control characters, no direction overrides, no non-characters. A `prose`
//! keeps line breaks and tabs.

use std::borrow::Cow;

use garde::Validate;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize};
use unicode_normalization::UnicodeNormalization;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

/// Why a text is not acceptable: a stable code and a sentence for a person.
pub type Fault = (&'static str, String);

fn garde_error((code, detail): Fault) -> garde::Error {
    garde::Error::new(format_args!("{code}: {detail}"))
}

/// Splits the message of a report into code and sentence.
pub fn split_fault(message: &str) -> (&str, &str) {
    message.split_once(": ").unwrap_or(("invalid", message))
}

fn is_hidden(c: char) -> bool {
    let code = u32::from(c);
    c.is_control()
        || matches!(code, 0x202A..=0x202E | 0x2066..=0x2069 | 0xFDD0..=0xFDEF)
        || code & 0xFFFE == 0xFFFE
}

fn check_text(text: &str, min: usize, max: usize, prose: bool) -> Result<(), Fault> {
    let length = text.chars().count();
    if length < min {
        let detail = if length == 0 {
            "Must not be empty.".into()
        } else {
            format!("At least {min} characters.")
        };
        return Err(("too_short", detail));
    }
    if length > max {
        return Err(("too_long", format!("At most {max} characters.")));
    }
    let allowed = |c: char| prose && matches!(c, '\n' | '\r' | '\t');
    if text.chars().any(|c| is_hidden(c) && !allowed(c)) {
        return Err((
            "forbidden_character",
            "Contains a control or direction character.".into(),
        ));
    }
    Ok(())
}

macro_rules! texts {
    ($($(#[doc = $doc:literal])+ $name:ident: $kind:ident $min:literal..=$max:literal, $example:literal;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The text, trimmed and composed.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Cow::<str>::deserialize(deserializer)?;
                Ok(Self(text.trim().nfc().collect()))
            }
        }

        impl Validate for $name {
            type Context = ();
            fn validate_into(
                &self,
                (): &(),
                parent: &mut dyn FnMut() -> garde::Path,
                report: &mut garde::Report,
            ) {
                let prose = stringify!($kind) == "prose";
                if let Err(fault) = check_text(&self.0, $min, $max, prose) {
                    report.append(parent(), garde_error(fault));
                }
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .description(Some(concat!($($doc,)+).trim()))
                    .min_length(Some($min))
                    .max_length(Some($max))
                    .examples([$example])
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )+};
}

texts! {
    /// A person's name, as others in the circle see it.
    PersonName: line 1..=100, "Ana Díaz";
    /// What a device is called in the list of sessions.
    DeviceLabel: line 1..=60, "Ana's phone";
    /// What a passkey is called in the list of passkeys.
    PasskeyName: line 1..=60, "Ana's phone";
    /// What a personal access token is called in the list of tokens.
    PersonalTokenName: line 1..=60, "Kitchen display";
    /// What a circle is called inside the app.
    CircleName: line 1..=80, "Mum";
    /// The neutral label of a circle in mails; never a diagnosis.
    CircleAlias: line 1..=60, "Ana's circle";
    /// A few words about the patient.
    PatientAbout: prose 1..=2000, "Likes the radio on. Hard of hearing on the left.";
    /// What somebody is to the patient.
    Relationship: line 1..=60, "daughter";
    /// A phone number as people write it.
    Phone: line 3..=40, "+49 30 1234567";
    /// A personal line in an invitation.
    InvitationNote: prose 1..=500, "Hi Ben, this is where we share who drives when.";
    /// What a list, a task, a role or a thread is called.
    Title: line 1..=120, "Pick up the prescription";
    /// Where something is.
    Place: line 1..=200, "Ward 3, Hill Street Clinic";
    /// The address of a video call.
    VideoLink: line 1..=500, "https://meet.example/abc";
    /// What else to know.
    Notes: prose 1..=4000, "The pharmacy at the station closes at 18:30.";
    /// What the patient keeps of a role.
    PatientPartText: prose 1..=500, "Chooses the menu for the week.";
    /// What a message says.
    MessageBody: prose 1..=10000, "She slept well. The nurse comes at ten.";
}

macro_rules! numbers {
    ($($(#[doc = $doc:literal])+ $name:ident: $min:literal..=$max:literal, $example:literal;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(i32);

        impl $name {
            /// The number.
            pub fn get(self) -> i32 {
                self.0
            }
        }

        impl Validate for $name {
            type Context = ();
            fn validate_into(
                &self,
                (): &(),
                parent: &mut dyn FnMut() -> garde::Path,
                report: &mut garde::Report,
            ) {
                if !($min..=$max).contains(&self.0) {
                    let detail = format!("From {} to {}.", $min, $max);
                    report.append(parent(), garde_error(("out_of_range", detail)));
                }
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::Integer)
                    .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                        utoipa::openapi::KnownFormat::Int32,
                    )))
                    .description(Some(concat!($($doc,)+).trim()))
                    .minimum(Some($min))
                    .maximum(Some($max))
                    .examples([$example])
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )+};
}

numbers! {
    /// How long something takes, in minutes, up to a week.
    EffortMinutes: 1..=10080, 30;
    /// How many days a personal access token is good for, up to a year.
    PersonalTokenDays: 1..=366, 90;
    /// How many people it takes.
    HelpersNeeded: 1..=50, 1;
    /// How many people a need takes.
    PeopleNeeded: 1..=10, 1;
    /// Minutes before it is due, up to 30 days.
    ReminderMinutes: 0..=43200, 1440;
    /// Where a list stands among the others; small numbers first.
    Position: 0..=10000, 1;
}

/// An e-mail address: trimmed and lower-cased; one account per address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// The address, lower-cased.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<EmailAddress> for String {
    fn from(email: EmailAddress) -> Self {
        email.0
    }
}

impl<'de> Deserialize<'de> for EmailAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Ok(Self(text.trim().to_lowercase()))
    }
}

impl Validate for EmailAddress {
    type Context = ();
    fn validate_into(
        &self,
        (): &(),
        parent: &mut dyn FnMut() -> garde::Path,
        report: &mut garde::Report,
    ) {
        let fault = match check_text(&self.0, 3, 254, false) {
            Err(fault) => Some(fault),
            Ok(()) if !self.0.is_ascii() || self.0.parse::<lettre::Address>().is_err() => {
                Some(("email", "This is not an e-mail address.".into()))
            }
            Ok(()) => None,
        };
        if let Some(fault) = fault {
            report.append(parent(), garde_error(fault));
        }
    }
}

impl utoipa::PartialSchema for EmailAddress {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::Custom("email".into())))
            .description(Some("An e-mail address; case does not matter."))
            .min_length(Some(3))
            .max_length(Some(254))
            .examples(["ana@example.org"])
            .into()
    }
}

impl utoipa::ToSchema for EmailAddress {
    fn name() -> Cow<'static, str> {
        "EmailAddress".into()
    }
}

/// A password to be: 12 to 256 characters, anything goes; never trimmed.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct NewPassword(SecretString);

impl NewPassword {
    /// The password as it was typed.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl Validate for NewPassword {
    type Context = ();
    fn validate_into(
        &self,
        (): &(),
        parent: &mut dyn FnMut() -> garde::Path,
        report: &mut garde::Report,
    ) {
        let fault = match self.expose().chars().count() {
            ..12 => Some(("too_short", "At least 12 characters.".into())),
            257.. => Some(("too_long", "At most 256 characters.".into())),
            _ => None,
        };
        if let Some(fault) = fault {
            report.append(parent(), garde_error(fault));
        }
    }
}

impl utoipa::PartialSchema for NewPassword {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                utoipa::openapi::KnownFormat::Password,
            )))
            .description(Some("A password to be: 12 to 256 characters of any kind, or more than 12 if `GET /v1/server` \
                 says so. Refused with 422 `too_short`, `too_weak` or `breached`."))
            .min_length(Some(12))
            .max_length(Some(256))
            .examples(["correct horse battery staple"])
            .into()
    }
}

impl utoipa::ToSchema for NewPassword {
    fn name() -> Cow<'static, str> {
        "NewPassword".into()
    }
}

/// A secret that somebody shows to be let in: at most 1024 bytes.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct PresentedSecret(SecretString);

impl PresentedSecret {
    /// The secret as it was sent.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl Validate for PresentedSecret {
    type Context = ();
    fn validate_into(
        &self,
        (): &(),
        parent: &mut dyn FnMut() -> garde::Path,
        report: &mut garde::Report,
    ) {
        if self.expose().len() > 1024 {
            report.append(
                parent(),
                garde_error(("too_long", "At most 1024 bytes.".into())),
            );
        }
    }
}

impl utoipa::PartialSchema for PresentedSecret {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(1024))
            .into()
    }
}

impl utoipa::ToSchema for PresentedSecret {
    fn name() -> Cow<'static, str> {
        "PresentedSecret".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Option<String> {
        let title: Title = serde_json::from_value(text.into()).unwrap();
        title
            .validate()
            .err()
            .map(|report| report.iter().next().unwrap().1.message().to_owned())
    }

    #[test]
    fn a_line_is_trimmed_and_composed() {
        let title: Title = serde_json::from_value("  Ame\u{301}lie ".into()).unwrap();
        assert_eq!(title.as_str(), "Amélie");
    }

    #[test]
    fn a_line_is_counted_in_characters_not_bytes() {
        assert_eq!(fault(&"é".repeat(120)), None);
        assert_eq!(
            fault(&"é".repeat(121)).as_deref(),
            Some("too_long: At most 120 characters.")
        );
        assert_eq!(
            fault("   ").as_deref(),
            Some("too_short: Must not be empty.")
        );
    }

    #[test]
    fn a_line_hides_nothing() {
        for hidden in [
            "a\nb",
            "a\u{0}b",
            "a\u{202e}b",
            "a\u{2066}b",
            "a\u{fffe}b",
            "a\u{85}b",
        ] {
            assert!(
                fault(hidden).unwrap().starts_with("forbidden_character"),
                "{hidden:?}"
            );
        }
    }

    #[test]
    fn an_address_is_lower_cased_and_parsed() {
        let good: EmailAddress = serde_json::from_value(" Ana@Example.ORG ".into()).unwrap();
        assert_eq!(good.as_str(), "ana@example.org");
        assert!(good.validate().is_ok());
        for bad in [
            "ana",
            "ana@",
            "@x.org",
            "a b@x.org",
            "ana@x.org\r\nBcc: b@x.org",
        ] {
            let bad: EmailAddress = serde_json::from_value(bad.into()).unwrap();
            assert!(bad.validate().is_err(), "{bad:?}");
        }
    }
}
