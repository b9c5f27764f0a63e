//! A task of a circle.

use sea_orm::entity::prelude::*;

use super::class::Class::{Beside, Family, Key, State, Technical};
use super::class::Export::Seen;
use super::class::{STAMPS, Table};
use super::ids::{AppointmentId, CircleId, MemberId, TaskId, TaskListId, TaskSeriesId};
use super::topic_grant::Topic;
use crate::row::Row;

wire_enum! {
    /// The state of a task.
    TaskState {
        /// A helper suggested it. It waits for approval.
        Proposed = "proposed",
        /// Still to be done.
        Open = "open",
        /// Completed.
        Completed = "completed",
        /// Canceled: it will not be done.
        Canceled = "canceled",
        /// Its time is over, and nobody completed it. Nobody said that it was done.
        Lapsed = "lapsed",
    }
}

wire_enum! {
    /// What kind of task it is. It decides the topic if you send none: `daily`, unless the list
    /// names another.
    TaskCategory {
        /// Getting, sorting and giving medication. Topic `health`.
        Medication = "medication",
        /// Driving people.
        Transport = "transport",
        /// Cooking and shopping.
        Meals = "meals",
        /// Money and insurance. Topic `family`.
        FinanceInsurance = "finance_insurance",
        /// Looking after children. Topic `family`.
        ChildCare = "child_care",
        /// Looking after pets.
        Pets = "pets",
        /// House and garden.
        Household = "household",
        /// Keeping other people informed.
        Communication = "communication",
        /// Care at night. Topic `family`.
        NightCare = "night_care",
        /// Arranging appointments. Topic `health`.
        Appointments = "appointments",
        /// An errand, such as going to the pharmacy.
        Errand = "errand",
        /// Visiting somebody.
        Visit = "visit",
        /// Forms and letters. Topic `family`.
        Paperwork = "paperwork",
        /// Anything else.
        Other = "other",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "tasks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub circle_id: CircleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TaskId,
    pub task_list_id: Option<TaskListId>,
    /// The series whose occurrence it is.
    pub series_id: Option<TaskSeriesId>,
    /// The date that the rule of the series gives it. It stays when the task gets another time.
    pub original_on: Option<Date>,
    /// Whether it was changed or canceled by itself, so that its series leaves it alone.
    pub is_exception: bool,
    /// The appointment that it follows from, or prepares.
    pub appointment_id: Option<AppointmentId>,
    pub title: String,
    pub notes: Option<String>,
    pub category: TaskCategory,
    pub topic: Topic,
    pub due_on: Option<Date>,
    pub due_local: Option<DateTime>,
    pub starts_local: Option<DateTime>,
    pub time_zone: Option<String>,
    /// The instant of `due_local` in `time_zone`.
    pub due_at: Option<DateTimeUtc>,
    /// When it can be started, or when it is due. For a date, its midnight in UTC.
    pub begins_at: DateTimeUtc,
    /// The moment from which it is in the past. A date is past when it is past in every zone.
    pub over_at: DateTimeUtc,
    /// What lists sort by: the due instant, the last second of the due date, or the end of time.
    pub sort_at: DateTimeUtc,
    pub effort_minutes: Option<i32>,
    pub people_needed: i32,
    /// How many have claimed or accepted it. Written under the circle's lock.
    pub people_accepted: i32,
    /// How many of these hand it over at the moment, or are away. Written under the circle's lock.
    pub people_uncertain: i32,
    /// Minutes before it is due, as a JSON array.
    pub reminder_minutes: String,
    pub state: TaskState,
    /// Counts how often its due time changed.
    pub schedule_version: i32,
    /// When it was completed, as the client says: its clock may be wrong.
    pub completed_at: Option<DateTimeUtc>,
    /// When the completion was stored, by the server's clock.
    pub completion_recorded_at: Option<DateTimeUtc>,
    pub completed_by_member_id: Option<MemberId>,
    /// How many days after its time it lapses, if a member chose that.
    pub lapse_after_days: Option<i32>,
    /// When it lapses; `None` if it never does, or is neither proposed nor open.
    pub lapses_at: Option<DateTimeUtc>,
    /// When it was canceled or lapsed.
    pub ended_at: Option<DateTimeUtc>,
    /// The state from which it was canceled or lapsed.
    pub ended_from: Option<TaskState>,
    pub canceled_by_member_id: Option<MemberId>,
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
    "tasks",
    Seen,
    &[],
    &[
        (
            Key,
            &[
                "circle_id",
                "id",
                "task_list_id",
                "series_id",
                "completed_by_member_id",
                "canceled_by_member_id",
                "created_by_member_id",
            ],
        ),
        (Beside("appointments"), &["appointment_id"]),
        (Family, &["title", "notes"]),
        (State, &["category", "topic", "due_on", "due_local"]),
        (State, &["starts_local", "time_zone", "due_at"]),
        (State, &["original_on", "is_exception"]),
        (Technical, &["completion_recorded_at", "people_accepted"]),
        (Technical, &["people_uncertain"]),
        (Technical, &["begins_at", "over_at", "sort_at"]),
        (State, &["effort_minutes", "people_needed"]),
        (State, &["reminder_minutes", "state"]),
        (State, &["schedule_version", "completed_at"]),
        (State, &["lapse_after_days", "lapses_at", "ended_at"]),
        (Technical, &["ended_from"]),
        (Technical, &["sent_hash"]),
        (State, STAMPS),
    ],
);
