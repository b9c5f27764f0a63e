//! The table of texts: what each may hold and how long it may be.

use std::borrow::Cow;

use garde::Validate;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

use super::clean::Kind;
use super::garde_error;

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
                Ok(Self(Kind::$kind.clean(&text)))
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
                if let Err(fault) = Kind::$kind.check(&self.0, $min, $max) {
                    report.append(parent(), garde_error(fault));
                }
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .format(Kind::$kind.format())
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
    PersonName: Label 1..=100, "Ana Díaz";
    /// What a device is called in the list of sessions.
    DeviceLabel: Line 1..=60, "Ana's phone";
    /// What a passkey is called in the list of passkeys.
    PasskeyName: Line 1..=60, "Ana's phone";
    /// What a personal access token is called in the list of tokens.
    PersonalTokenName: Line 1..=60, "Kitchen display";
    /// What a circle is called inside the app.
    CircleName: Line 1..=80, "Mum";
    /// The neutral label of a circle in mails; never a diagnosis.
    CircleAlias: Label 1..=60, "Ana's circle";
    /// A few words about the patient.
    PatientAbout: Prose 1..=2000, "Likes the radio on. Hard of hearing on the left.";
    /// What somebody is to the patient.
    Relationship: Line 1..=60, "daughter";
    /// A phone number as people write it.
    Phone: Phone 3..=40, "+49 30 1234567";
    /// A personal line in an invitation.
    InvitationNote: Prose 1..=500, "Hi Ben, this is where we share who drives when.";
    /// What a list, a task, a role or a thread is called.
    Title: Line 1..=120, "Pick up the prescription";
    /// Where something is.
    Place: Line 1..=200, "Ward 3, Hill Street Clinic";
    /// The address of a video call, a web page. `https://` may be left out.
    VideoLink: Link 1..=500, "https://meet.example/abc";
    /// What else to know.
    Notes: Prose 1..=4000, "The pharmacy at the station closes at 18:30.";
    /// What the patient keeps of a role.
    PatientPartText: Prose 1..=500, "Chooses the menu for the week.";
    /// What a message says.
    MessageBody: Prose 1..=10000, "She slept well. The nurse comes at ten.";
}

/// A row that keeps no body is a deleted message.
impl From<MessageBody> for Option<String> {
    fn from(body: MessageBody) -> Self {
        Some(body.into())
    }
}
