//! The data model: one file for each table.
//!
//! The entities are `DeriveEntityModel`, written by hand, with an empty `Relation`, because no
//! query joins through the ORM. SeaORM 2's dense format was measured and not chosen: it makes
//! twice the code, checks much more slowly, has untyped ids as well, and adds methods
//! (`Entity::load()`, builder `save()`) that bypass the lints. Rows never implement `Serialize`:
//! each feature has its own types for answers.

/// An enum whose values are the same lower_snake strings in the database, in JSON and in the
/// document. The doc comments of the variants become the description of the values.
#[macro_export]
macro_rules! wire_enum {
    ($(#[doc = $doc:literal])* $name:ident {
        $($(#[doc = $variant_doc:literal])+ $variant:ident = $value:literal,)+
    }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum)]
        #[derive(serde::Serialize, serde::Deserialize)]
        #[sea_orm(rs_type = "String", db_type = "Text")]
        pub enum $name {
            $(
                $(#[doc = $variant_doc])+
                #[sea_orm(string_value = $value)]
                #[serde(rename = $value)]
                $variant,
            )+
        }

        impl $name {
            /// Every value, in the order of the document.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The value that is stored and sent as this text.
            fn of_text(text: &str) -> Option<Self> {
                match text {
                    $($value => Some(Self::$variant),)+
                    _ => None,
                }
            }

            /// The text of the value, as it is stored and sent.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $value,)+
                }
            }
        }

        impl $crate::row::Cell for $name {
            fn from_sqlite(cell: $crate::row::ValueRef<'_>) -> Option<Self> {
                Self::of_text($crate::row::sqlite::text(cell)?)
            }

            fn from_orm(row: &sea_orm::QueryResult, at: usize) -> Result<Self, sea_orm::DbErr> {
                let unknown = || sea_orm::DbErr::Type(format!("column {at} has another value"));
                Self::of_text($crate::row::text_of(row, at)?).ok_or_else(unknown)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                let description = concat!(
                    $($doc, "\n",)* "\n",
                    $("- `", $value, "`:", $($variant_doc,)+ "\n",)+
                );
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::Type::String)
                    .description(Some(description.trim()))
                    .enum_values(Some([$($value,)+]))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}

pub use wire_enum;

mod subjects;

pub use self::subjects::subjects;

pub mod class;
pub mod ids;

pub mod email_change;
pub mod known_device;
pub mod mail_token;
pub mod passkey;
pub mod passkey_challenge;
pub mod personal_access_token;
pub mod personal_access_token_circle;
pub mod recovery_code;
pub mod refresh_token;
pub mod registration;
pub mod security_event;
pub mod session;
pub mod sign_in_code;
pub mod sign_in_ticket;
pub mod signing_key;
pub mod totp_factor;
pub mod user;

pub mod change;
pub mod circle;
pub mod invitation;
pub mod join_link;
pub mod join_request;
pub mod membership;
pub mod notification_setting;
pub mod proxy;
pub mod succession;
pub mod topic_grant;
pub mod topic_levels;

pub mod role;
pub mod role_assignment;

pub mod handover;

pub mod absence;

pub mod task;
pub mod task_assignment;
pub mod task_checklist_item;
pub mod task_list;
pub mod task_series;
pub mod task_series_member;

pub mod appointment;
pub mod appointment_series;
pub mod appointment_series_attendee;
pub mod attendance;
pub mod need;
pub mod need_assignment;

pub mod agenda_item;
pub mod question;

pub mod message;
pub mod message_edit;
pub mod password_reset;
pub mod read_cursor;
pub mod thread;
pub mod thread_member;
pub mod throttle;

pub mod delivery;
pub mod notification;
pub mod reminder;

pub mod appointment_term;
pub mod message_term;
pub mod search_index;
pub mod task_term;

pub mod database_state;
pub mod idempotency_record;
pub mod job;
pub mod rate_window;
pub mod zone_rules;
