//! A series of tasks: a task that repeats. Its row is the template, with the time of the first
//! occurrence. The occurrences are rows of `tasks`, made some weeks ahead.

use sea_orm::entity::prelude::*;

use super::class::Class::{Family, Key, State, Technical};
use super::class::Export::Seen;
use super::class::{STAMPS, Table};
use super::ids::{CircleId, MemberId, TaskListId, TaskSeriesId};
use super::task::TaskCategory;
use super::topic_grant::Topic;
use crate::row::Row;

wire_enum! {
    /// The state of a series.
    SeriesState {
        /// It goes on: the server makes its occurrences some weeks ahead.
        Active = "active",
        /// It has a break: there are no occurrences until it is resumed.
        Paused = "paused",
        /// It is over: there are no more occurrences.
        Ended = "ended",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "task_series")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TaskSeriesId,
    pub task_list_id: Option<TaskListId>,
    pub title: String,
    pub notes: Option<String>,
    pub category: TaskCategory,
    pub topic: Topic,
    /// The date of the first occurrence, if the time of day does not matter.
    pub due_on: Option<Date>,
    /// When the first occurrence is due.
    pub due_local: Option<DateTime>,
    /// From when the first occurrence can be done.
    pub starts_local: Option<DateTime>,
    pub time_zone: Option<String>,
    /// The rule by which it repeats, in its one spelling.
    pub recurrence: String,
    /// The last date, if the rule ends.
    pub last_on: Option<Date>,
    pub effort_minutes: Option<i32>,
    pub people_needed: i32,
    /// Minutes before it is due, as a JSON array.
    pub reminder_minutes: String,
    /// How many days after its time each occurrence lapses, if a member chose that.
    pub lapse_after_days: Option<i32>,
    /// What the items in the checklists of its occurrences say, as a JSON array.
    pub checklist: String,
    pub state: SeriesState,
    /// The date of the first turn, if members take turns.
    pub turns_from: Option<Date>,
    /// The last date up to which the occurrences are made.
    pub made_until: Date,
    /// The series that this one continues from a date on.
    pub previous_series_id: Option<TaskSeriesId>,
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
    "task_series",
    Seen,
    &[],
    &[
        (Key, &["circle_id", "id", "task_list_id"]),
        (Key, &["previous_series_id", "created_by_member_id"]),
        (Family, &["title", "notes", "checklist"]),
        (State, &["category", "topic", "due_on", "due_local"]),
        (State, &["starts_local", "time_zone", "recurrence"]),
        (State, &["last_on", "effort_minutes", "people_needed"]),
        (State, &["reminder_minutes", "lapse_after_days", "state"]),
        (State, &["turns_from"]),
        (Technical, &["made_until", "sent_hash"]),
        (State, STAMPS),
    ],
);
