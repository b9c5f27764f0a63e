//! An appointment of a circle.

use sea_orm::entity::prelude::*;

use super::class::Class::{Family, Key, State, Technical};
use super::class::Export::Seen;
use super::class::{STAMPS, Table};
use super::ids::{AppointmentId, CircleId, MemberId};
use super::topic_grant::Topic;

wire_enum! {
    /// Where an appointment stands.
    AppointmentState {
        /// Not fixed yet; nobody is reminded.
        Proposed = "proposed",
        /// Going to be.
        Scheduled = "scheduled",
        /// It took place.
        Completed = "completed",
        /// It was to be, but did not take place.
        DidNotHappen = "did_not_happen",
        /// Called off; it can be reinstated.
        Cancelled = "cancelled",
    }
}

wire_enum! {
    /// What kind of appointment it is; decides the topic when none is given:
    /// `health`, where nothing else is said.
    AppointmentKind {
        /// With a doctor.
        Medical = "medical",
        /// An infusion, radiation, an operation.
        Treatment = "treatment",
        /// An image or a test.
        Scan = "scan",
        /// With the palliative team.
        Palliative = "palliative",
        /// Physiotherapy and the like.
        Therapy = "therapy",
        /// With somebody to talk to. Topic `family`.
        Counselling = "counselling",
        /// With others in the same position. Topic `family`.
        SupportGroup = "support_group",
        /// Of the circle itself. Topic `family`.
        FamilyMeeting = "family_meeting",
        /// Somebody comes to the house.
        HomeVisit = "home_visit",
        /// Anything else.
        Other = "other",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "appointments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AppointmentId,
    pub kind: AppointmentKind,
    pub title: String,
    pub topic: Topic,
    /// All day.
    pub starts_on: Option<Date>,
    pub starts_local: Option<DateTime>,
    pub ends_local: Option<DateTime>,
    pub time_zone: Option<String>,
    /// The instant of `starts_local` in `time_zone`.
    pub starts_at: Option<DateTimeUtc>,
    /// The instant of `ends_local` in `time_zone`.
    pub ends_at: Option<DateTimeUtc>,
    /// What lists sort by: the start, or the beginning of the day.
    pub sort_at: DateTimeUtc,
    /// From this moment on it lies in the past; of a date, for every reader.
    pub over_at: DateTimeUtc,
    pub location: Option<String>,
    pub video_link: Option<String>,
    /// What to bring and to prepare.
    pub preparation: Option<String>,
    /// What came out of it.
    pub outcome: Option<String>,
    /// Minutes before the start, as a JSON array.
    pub reminder_minutes: String,
    pub state: AppointmentState,
    /// What it was when it was last cancelled.
    pub cancelled_from: Option<AppointmentState>,
    /// Counts the moves of the time.
    pub schedule_version: i32,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Option<MemberId>,
    pub updated_at: DateTimeUtc,
    /// A hash of the request that made it, where its client chose the id.
    pub sent_hash: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What its columns say, and of whom.
pub const TABLE: Table = Table::new(
    "appointments",
    Seen,
    &[],
    &[
        (Key, &["circle_id", "id", "created_by"]),
        (Family, &["title", "location", "video_link"]),
        (Family, &["preparation", "outcome"]),
        (State, &["kind", "topic", "starts_on", "starts_local"]),
        (State, &["ends_local", "time_zone", "starts_at", "ends_at"]),
        (State, &["sort_at", "reminder_minutes", "state"]),
        (Technical, &["over_at"]),
        (State, &["cancelled_from", "schedule_version"]),
        (Technical, &["sent_hash"]),
        (State, STAMPS),
    ],
);
