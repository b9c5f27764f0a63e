//! Bounded numbers.

use std::borrow::Cow;

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

use super::garde_error;
use crate::problem::FieldErrorCode;

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

        impl From<$name> for i32 {
            fn from(number: $name) -> Self {
                number.0
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
                    let detail = format!("Send a number from {} to {}.", $min, $max);
                    report.append(parent(), garde_error((FieldErrorCode::OutOfRange, detail)));
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
    /// How long it takes, in minutes, up to a week.
    EffortMinutes: 1..=10080, 30;
    /// How many days a personal access token is valid, up to a year.
    PersonalAccessTokenDays: 1..=366, 90;
    /// How many people can use a join link.
    JoinLinkUses: 1..=50, 10;
    /// How many days a join link works.
    JoinLinkDays: 1..=30, 7;
    /// How many people are needed.
    TaskPeopleNeeded: 1..=50, 1;
    /// How many people are needed.
    PeopleNeeded: 1..=10, 1;
    /// How many minutes before it starts or is due, up to 30 days.
    ReminderMinutes: 0..=43200, 1440;
    /// The number of an entry of the activity.
    ActivitySeq: 0..=2_147_483_647, 42;
    /// How many days after its time something lapses, up to ten years.
    LapseAfterDays: 0..=3650, 1;
    /// The place among the others of its kind. The smallest number comes first.
    Position: 0..=10000, 1;
}
