//! An appointment of a circle.

use sea_orm::entity::prelude::*;

use super::class::Class::{Family, Key, State, Technical};
use super::class::Export::Seen;
use super::class::{STAMPS, Table};
use super::ids::{AppointmentId, AppointmentSeriesId, CircleId, MemberId};
use super::topic_grant::Topic;
use crate::row::Row;

wire_enum! {
    /// The state of an appointment.
    AppointmentState {
        /// Not fixed yet. Nobody is reminded.
        Proposed = "proposed",
        /// Will take place.
        Scheduled = "scheduled",
        /// It took place.
        Completed = "completed",
        /// It was scheduled, but did not take place.
        Missed = "missed",
        /// Canceled. It can be reinstated.
        Canceled = "canceled",
    }
}

wire_enum! {
    /// What kind of appointment it is. It decides the topic if you send none: `health`, unless the
    /// list names another.
    AppointmentKind {
        /// A visit to a doctor.
        Medical = "medical",
        /// A treatment, such as an infusion, radiation or an operation.
        Treatment = "treatment",
        /// A scan or another test.
        Scan = "scan",
        /// A meeting with the palliative team.
        Palliative = "palliative",
        /// A therapy, such as physiotherapy.
        Therapy = "therapy",
        /// A talk with a counselor. Topic `family`.
        Counseling = "counseling",
        /// A meeting of a support group. Topic `family`.
        SupportGroup = "support_group",
        /// A meeting of the family. Topic `family`.
        FamilyMeeting = "family_meeting",
        /// A visit at home, such as by a nurse.
        HomeVisit = "home_visit",
        /// Anything else.
        Other = "other",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "appointments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AppointmentId,
    /// The series whose occurrence it is.
    pub series_id: Option<AppointmentSeriesId>,
    /// The date that the rule of the series gives it. It stays when the appointment gets another time.
    pub original_on: Option<Date>,
    /// Whether it was changed or canceled by itself, so that its series leaves it alone.
    pub is_exception: bool,
    pub kind: AppointmentKind,
    pub title: String,
    pub topic: Topic,
    /// The date of an all-day appointment.
    pub starts_on: Option<Date>,
    /// The last date of an all-day appointment that takes several days.
    pub ends_on: Option<Date>,
    pub starts_local: Option<DateTime>,
    pub ends_local: Option<DateTime>,
    pub time_zone: Option<String>,
    /// The instant of `starts_local` in `time_zone`.
    pub starts_at: Option<DateTimeUtc>,
    /// The instant of `ends_local` in `time_zone`.
    pub ends_at: Option<DateTimeUtc>,
    /// What lists sort by: the start, or the start of the day.
    pub sort_at: DateTimeUtc,
    /// The moment from which it is in the past. A date is past when it is past in every zone.
    pub over_at: DateTimeUtc,
    pub location: Option<String>,
    pub video_link: Option<String>,
    /// The person of the care team whom to ask for.
    pub care_contact_name: Option<String>,
    pub care_contact_phone: Option<String>,
    /// What to bring and what to prepare.
    pub preparation: Option<String>,
    /// The result, written afterwards.
    pub outcome: Option<String>,
    /// When to remind: minutes before the start, as a JSON array.
    pub reminder_minutes: String,
    pub state: AppointmentState,
    /// The state from which it was last canceled.
    pub canceled_from: Option<AppointmentState>,
    /// Counts how often its time changed.
    pub schedule_version: i32,
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
    "appointments",
    Seen,
    &[],
    &[
        (Key, &["circle_id", "id", "series_id"]),
        (Key, &["created_by_member_id"]),
        (State, &["original_on", "is_exception"]),
        (Family, &["title", "location", "video_link"]),
        (Family, &["care_contact_name", "care_contact_phone"]),
        (Family, &["preparation", "outcome"]),
        (State, &["kind", "topic", "starts_on", "starts_local"]),
        (State, &["ends_on"]),
        (State, &["ends_local", "time_zone", "starts_at", "ends_at"]),
        (State, &["reminder_minutes", "state", "schedule_version"]),
        (Technical, &["sort_at", "over_at", "canceled_from"]),
        (Technical, &["sent_hash"]),
        (State, STAMPS),
    ],
);
