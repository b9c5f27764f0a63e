//! The table of texts: what kind of text each is, and how long it may be.

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
            /// The cleaned text.
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
    /// The name of a person, as the other members see it.
    PersonName: Label 1..=100, "Ana Díaz";
    /// The name of a device in the list of sessions.
    DeviceLabel: Line 1..=60, "Ana's phone";
    /// The name of a passkey in the list of passkeys.
    PasskeyName: Line 1..=60, "Ana's phone";
    /// The name of a personal access token in the list of tokens.
    PersonalAccessTokenName: Line 1..=60, "Kitchen display";
    /// The name of a circle, which only its members see.
    CircleName: Line 1..=80, "Mum";
    /// The neutral name of a circle, which emails show. Never write a diagnosis here.
    CircleAlias: Label 1..=60, "Ana's circle";
    /// A few words about the patient.
    PatientAbout: Prose 1..=2000, "Likes the radio on. Hard of hearing on the left.";
    /// What a person is to the patient, such as daughter or neighbor.
    Relationship: Line 1..=60, "daughter";
    /// A phone number, as people write it.
    Phone: Phone 3..=40, "+49 30 1234567";
    /// A personal note in an invitation. The page of the invitation shows it, the email does not.
    InvitationNote: Prose 1..=500, "Hi Ben, this is where we share who drives when.";
    /// A few words with which a person asks to join a circle.
    JoinRequestNote: Prose 1..=500, "I live next door and can drive on Fridays.";
    /// A title of one line.
    Title: Line 1..=120, "Pick up the prescription";
    /// What an item of a checklist says.
    ChecklistTitle: Line 1..=200, "Bread, the dark one";
    /// A place, such as an address or a room.
    Place: Line 1..=200, "Ward 3, Hill Street Clinic";
    /// The address of a video call or another web page. You can leave out `https://`.
    VideoLink: Link 1..=500, "https://meet.example/abc";
    /// Anything else that members should know.
    Notes: Prose 1..=4000, "The pharmacy at the station closes at 18:30.";
    /// What a member adds for the person who takes something over. Nobody else sees it.
    HandoverNote: Prose 1..=500, "The key is with the neighbor.";
    /// What coordinators should know about an absence.
    AbsenceNote: Prose 1..=500, "I have no signal there.";
    /// A question for the care team.
    QuestionText: Prose 1..=2000, "Can she take the tablets with food?";
    /// A person or a place of the care team.
    CareContactName: Line 1..=100, "Dr. Weber, oncology";
    /// What the patient does in a role.
    PatientPartText: Prose 1..=500, "Chooses the menu for the week.";
    /// On which dates it repeats: an RRULE of RFC 5545 with FREQ (DAILY, WEEKLY, MONTHLY or YEARLY), INTERVAL, BYDAY,
    /// BYMONTHDAY, BYMONTH, BYSETPOS, COUNT or UNTIL (a date; a time after it is ignored), and WKST. `RRULE:` may stand
    /// before it. The first date must be one of its dates. A day that a month does not have becomes the last one that
    /// it has: monthly on the 31st is also on 30 April.
    RecurrenceText: Line 1..=200, "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH";
    /// The text of a message.
    MessageBody: Prose 1..=10000, "She slept well. The nurse comes at ten.";
}

/// The column is nullable, because the row of a deleted message has no body.
impl From<MessageBody> for Option<String> {
    fn from(body: MessageBody) -> Self {
        Some(body.into())
    }
}
