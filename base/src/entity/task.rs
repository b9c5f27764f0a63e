//! A task of a circle.

use sea_orm::entity::prelude::*;

use super::class::Class::{Family, Key, State, Technical};
use super::class::Export::Seen;
use super::class::{STAMPS, Table};
use super::ids::{CircleId, MemberId, TaskId, TaskListId};
use super::topic_grant::Topic;

wire_enum! {
    /// Where a task stands.
    TaskState {
        /// Suggested by a helper; waits for approval.
        Proposed = "proposed",
        /// To be done.
        Open = "open",
        /// Done.
        Done = "done",
        /// Not needed any more.
        Cancelled = "cancelled",
    }
}

wire_enum! {
    /// What kind of thing a task is; decides the topic when none is given.
    TaskCategory {
        /// Medicines: fetch, sort, give. Topic `health`.
        Medication = "medication",
        /// Bringing and fetching people.
        Transport = "transport",
        /// Cooking and shopping.
        Meals = "meals",
        /// Money and insurance. Topic `family`.
        FinanceInsurance = "finance_insurance",
        /// Looking after children. Topic `family`.
        ChildCare = "child_care",
        /// Looking after animals.
        Pets = "pets",
        /// House and garden.
        Household = "household",
        /// Keeping others informed.
        Communication = "communication",
        /// Being there at night. Topic `family`.
        NightCare = "night_care",
        /// Arranging appointments. Topic `health`.
        Appointments = "appointments",
        /// A way to somewhere for something.
        Errand = "errand",
        /// Keeping company.
        Visit = "visit",
        /// Forms and letters. Topic `family`.
        Paperwork = "paperwork",
        /// Anything else.
        Other = "other",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tasks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TaskId,
    pub list_id: Option<TaskListId>,
    pub title: String,
    pub notes: Option<String>,
    pub category: TaskCategory,
    pub topic: Topic,
    pub due_on: Option<Date>,
    pub due_local: Option<DateTime>,
    pub from_local: Option<DateTime>,
    pub time_zone: Option<String>,
    /// The instant of `due_local` in `time_zone`.
    pub due_at: Option<DateTimeUtc>,
    /// When its window opens, or when it is due; of a date, its midnight in UTC.
    pub begins_at: DateTimeUtc,
    /// From this moment on it lies in the past; of a date, for every reader.
    pub over_at: DateTimeUtc,
    /// What lists sort by: the due instant, the last second of the due date, or the end of time.
    pub sort_at: DateTimeUtc,
    pub effort_minutes: Option<i32>,
    pub helpers_needed: i32,
    /// How many have accepted; kept under the circle's lock.
    pub helpers_accepted: i32,
    /// Minutes before it is due, as a JSON array.
    pub reminder_minutes: String,
    pub state: TaskState,
    /// Counts the moves of the due time.
    pub schedule_version: i32,
    /// When it was done, as far as the client knew.
    pub done_at: Option<DateTimeUtc>,
    /// When the completion was written, by the server's clock.
    pub completed_at: Option<DateTimeUtc>,
    pub done_by: Option<MemberId>,
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
    "tasks",
    Seen,
    &[],
    &[
        (
            Key,
            &["circle_id", "id", "list_id", "done_by", "created_by"],
        ),
        (Family, &["title", "notes"]),
        (State, &["category", "topic", "due_on", "due_local"]),
        (State, &["from_local", "time_zone", "due_at", "sort_at"]),
        (State, &["completed_at"]),
        (Technical, &["begins_at", "over_at"]),
        (State, &["effort_minutes", "helpers_needed"]),
        (State, &["helpers_accepted", "reminder_minutes", "state"]),
        (State, &["schedule_version", "done_at"]),
        (Technical, &["sent_hash"]),
        (State, STAMPS),
    ],
);
