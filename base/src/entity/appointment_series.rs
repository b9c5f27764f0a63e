//! A series of appointments: an appointment that repeats. Its row is the template, with the time of the
//! first occurrence. The occurrences are rows of `appointments`, made some weeks ahead.

use sea_orm::entity::prelude::*;

use super::appointment::AppointmentKind;
use super::class::Class::{Family, Key, State, Technical};
use super::class::Export::Seen;
use super::class::{STAMPS, Table};
use super::ids::{AppointmentSeriesId, CircleId, MemberId};
use super::task_series::SeriesState;
use super::topic_grant::Topic;
use crate::row::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "appointment_series")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AppointmentSeriesId,
    pub kind: AppointmentKind,
    pub title: String,
    pub topic: Topic,
    /// The date of the first occurrence, if it takes all day.
    pub starts_on: Option<Date>,
    /// The last date of the first occurrence, if it takes several days.
    pub ends_on: Option<Date>,
    /// When the first occurrence starts.
    pub starts_local: Option<DateTime>,
    /// When the first occurrence ends.
    pub ends_local: Option<DateTime>,
    pub time_zone: Option<String>,
    /// The rule by which it repeats, in its one spelling.
    pub recurrence: String,
    /// The last date, if the rule ends.
    pub last_on: Option<Date>,
    pub location: Option<String>,
    pub video_link: Option<String>,
    /// The person of the care team whom to ask for.
    pub care_contact_name: Option<String>,
    pub care_contact_phone: Option<String>,
    /// What to bring and what to prepare.
    pub preparation: Option<String>,
    /// Minutes before the start, as a JSON array.
    pub reminder_minutes: String,
    /// The help that each occurrence needs, as a JSON array. Each need has a number, which the needs
    /// of the occurrences have as `series_need`.
    pub needs: String,
    pub state: SeriesState,
    /// The last date up to which the occurrences are made.
    pub made_until: Date,
    /// The series that this one continues from a date on.
    pub previous_series_id: Option<AppointmentSeriesId>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by_member_id: Option<MemberId>,
    pub updated_at: DateTimeUtc,
    /// The hash of the request that created it, if the client chose the id.
    pub sent_hash: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The data class of every column.
pub const TABLE: Table = Table::new(
    "appointment_series",
    Seen,
    &[],
    &[
        (Key, &["circle_id", "id", "previous_series_id"]),
        (Key, &["created_by_member_id"]),
        (Family, &["title", "location", "video_link", "preparation"]),
        (Family, &["care_contact_name", "care_contact_phone"]),
        (Family, &["needs"]),
        (State, &["kind", "topic", "starts_on", "ends_on"]),
        (State, &["starts_local", "ends_local", "time_zone"]),
        (State, &["recurrence", "last_on", "reminder_minutes"]),
        (State, &["state"]),
        (Technical, &["made_until", "sent_hash"]),
        (State, STAMPS),
    ],
);
