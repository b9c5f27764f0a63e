//! An account. It is created when its email address is confirmed.

use sea_orm::entity::prelude::*;

use super::ids::{FileId, UserId};
use crate::row::Row;

wire_enum! {
    /// The state of an account.
    UserState {
        /// In use.
        Active = "active",
        /// Disabled by the operator: nobody can sign in.
        Disabled = "disabled",
        /// Its deletion is scheduled. Until then its owner can read, and cancel the deletion.
        Deleting = "deletion_scheduled",
    }
}

wire_enum! {
    /// The day of a weekly digest.
    DigestWeekday {
        /// Every Monday.
        Monday = "monday",
        /// Every Tuesday.
        Tuesday = "tuesday",
        /// Every Wednesday.
        Wednesday = "wednesday",
        /// Every Thursday.
        Thursday = "thursday",
        /// Every Friday.
        Friday = "friday",
        /// Every Saturday.
        Saturday = "saturday",
        /// Every Sunday.
        Sunday = "sunday",
    }
}

/// When the digest is sent to people who set no other time.
pub const DIGEST_TIME: &str = "08:00";

impl UserState {
    /// Whether its owner can sign in.
    pub fn lets_in(self) -> bool {
        self != Self::Disabled
    }
}

wire_enum! {
    /// Whether emails to an address arrive.
    EmailState {
        /// No mail server has said otherwise.
        Works = "works",
        /// A mail server said that there is no such address. Emails are still sent.
        Bouncing = "bouncing",
        /// A mail server said so three times in 30 days. Reminders and notifications are not sent
        /// any more.
        Stopped = "stopped",
    }
}

impl EmailState {
    /// The state of an address from which so many emails came back.
    pub fn after(bounces: i32) -> Self {
        match bounces {
            ..=0 => Self::Works,
            1..=2 => Self::Bouncing,
            3.. => Self::Stopped,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UserId,
    /// In lower case. An address has at most one account.
    pub email: String,
    pub name: String,
    /// A PHC string (the password hash format).
    pub password_hash: Option<String>,
    /// The IANA name of a time zone.
    pub time_zone: String,
    /// The tag of the language of their emails and pages, if they chose one.
    pub locale: Option<String>,
    pub state: UserState,
    /// The beginning and the end of their quiet hours, as times of day like `22:00` in their zone:
    /// both or neither.
    pub quiet_from: Option<String>,
    pub quiet_until: Option<String>,
    /// When to look for reminders that are sent before their next quiet hours.
    pub quiet_check_at: Option<DateTimeUtc>,
    /// When their digests are sent, in their zone.
    pub digest_time: String,
    /// The day of their digests. `None`: every day.
    pub digest_weekday: Option<DigestWeekday>,
    /// Their picture. Its addresses are derived from this id, so nobody gets to know it.
    pub avatar_file_id: Option<FileId>,
    /// When its data is erased, while its deletion is scheduled.
    pub deletion_scheduled_for: Option<DateTimeUtc>,
    /// When the first of the emails in `bounces` came back.
    pub bouncing_since: Option<DateTimeUtc>,
    /// How many emails came back because there is no such address, within 30 days.
    pub bounces: i32,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
