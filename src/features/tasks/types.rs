//! The bodies about tasks.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::checklist_items::ChecklistItem;
use super::rules::TaskVerb;
use crate::access::versioned;
use crate::entity::ids::{
    AppointmentId, CircleId, MemberId, TaskAssignmentId, TaskId, TaskListId, TaskSeriesId, ThreadId,
};
use crate::entity::task::{TaskCategory, TaskState};
use crate::entity::task_assignment::TaskAssignmentState;
use crate::entity::topic_grant::Topic;
use crate::features::participation::Coverage;
use crate::platform::time::civil::{Day, WallTime};
use crate::platform::time::timestamps::in_milliseconds;

/// The task in the path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct TaskPath {
    /// The id of the task.
    #[param(inline)]
    pub task_id: TaskId,
}

/// A task, as you see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 2,
    "task_list_id": null,
    "series_id": null,
    "original_on": null,
    "is_exception": false,
    "appointment_id": null,
    "title": "Pick up the prescription",
    "notes": null,
    "truncated_fields": [],
    "category": "medication",
    "topic": "health",
    "due_on": null,
    "due_local": "2027-01-02T17:30",
    "starts_local": null,
    "time_zone": "Europe/Berlin",
    "due_at": "2027-01-02T16:30:00.000Z",
    "effort_minutes": 30,
    "people_needed": 1,
    "reminder_minutes": [1440],
    "reminders_off": false,
    "state": "open",
    "coverage": "full",
    "schedule_version": 1,
    "assignments": [{
        "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c40",
        "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
        "name": "Ben Díaz",
        "state": "accepted",
        "is_handing_over": false,
        "is_away": false,
        "updated_at": "2027-01-01T12:00:00.000Z"
    }],
    "my_assignment": "accepted",
    "checklist": [],
    "thread_id": null,
    "comment_count": 0,
    "lapse_after_days": null,
    "lapses_at": null,
    "completed_at": null,
    "completed_by_member_id": null,
    "ended_at": null,
    "canceled_by_member_id": null,
    "actions": ["release", "hand_over", "complete", "create_comment"],
    "created_at": "2027-01-01T11:00:00.000Z",
    "created_by_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "updated_at": "2027-01-01T12:00:00.000Z"
})))]
pub struct Task {
    /// The id of the task.
    pub id: TaskId,
    /// The circle that it belongs to.
    pub circle_id: CircleId,
    /// Counts its changes; send it in `If-Match`.
    pub version: i32,
    /// The task list that it belongs to.
    pub task_list_id: Option<TaskListId>,
    /// The series whose task it is.
    pub series_id: Option<TaskSeriesId>,
    /// The date that the rule of the series gives it. It stays when the task gets another time.
    pub original_on: Option<Day>,
    /// Whether it was changed or canceled by itself, so that its series leaves it alone.
    pub is_exception: bool,
    /// The appointment that it is linked to; null if you do not see the appointment.
    pub appointment_id: Option<AppointmentId>,
    /// What is to be done.
    pub title: String,
    /// What else to know.
    pub notes: Option<String>,
    /// The names of the texts that are cut after 500 characters. Only lists cut texts:
    /// get the task alone for the whole text.
    pub truncated_fields: Vec<&'static str>,
    /// The kind of task.
    pub category: TaskCategory,
    /// What the task is about: it decides who can see it.
    pub topic: Topic,
    /// The date when it is due, if the time of day does not matter.
    pub due_on: Option<Day>,
    /// The local time when it is due, in `time_zone`.
    pub due_local: Option<WallTime>,
    /// The local time from which it can be done, in `time_zone`.
    pub starts_local: Option<WallTime>,
    /// The time zone of the local times.
    pub time_zone: Option<String>,
    /// The moment of `due_local`.
    #[serde(serialize_with = "in_milliseconds")]
    pub due_at: Option<DateTime<Utc>>,
    /// How long it takes, in minutes.
    pub effort_minutes: Option<i32>,
    /// How many members are needed.
    pub people_needed: i32,
    /// When the members who claimed it are reminded, in minutes before it is due.
    pub reminder_minutes: Vec<i32>,
    /// Whether nobody is reminded. Then `reminder_minutes` is empty.
    pub reminders_off: bool,
    /// The state of the task.
    pub state: TaskState,
    /// Whether enough members have claimed it. Members who are handing it over,
    /// or are away then, do not count.
    pub coverage: Coverage,
    /// Counts the changes of the due time.
    pub schedule_version: i32,
    /// Who claimed it, was asked or declined.
    pub assignments: Vec<TaskAssignment>,
    /// The state of your own assignment; null if you have none.
    pub my_assignment: Option<TaskAssignmentState>,
    /// Its checklist, by position: all items, also in a list of tasks.
    pub checklist: Vec<ChecklistItem>,
    /// The thread of its comments; null if it has none.
    pub thread_id: Option<ThreadId>,
    /// How many comments it has. Deleted comments do not count.
    pub comment_count: i64,
    /// How many days after its time it lapses, as somebody chose it. Null: one day, if it has a
    /// `starts_local` or belongs to a series; otherwise it never lapses.
    pub lapse_after_days: Option<i32>,
    /// When it lapses, unless somebody completes it before. Null if it never lapses, and once it is
    /// completed, canceled or lapsed.
    #[serde(serialize_with = "in_milliseconds")]
    pub lapses_at: Option<DateTime<Utc>>,
    /// When it was completed.
    #[serde(serialize_with = "in_milliseconds")]
    pub completed_at: Option<DateTime<Utc>>,
    /// The member who completed it.
    pub completed_by_member_id: Option<MemberId>,
    /// When it was canceled or lapsed.
    #[serde(serialize_with = "in_milliseconds")]
    pub ended_at: Option<DateTime<Utc>>,
    /// The member who canceled it.
    pub canceled_by_member_id: Option<MemberId>,
    /// What you can do now.
    #[schema(value_type = Vec<TaskVerb>)]
    pub actions: Vec<&'static str>,
    /// When it was created.
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// The member who created or suggested it.
    pub created_by_member_id: Option<MemberId>,
    /// When it was last changed.
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

/// One member's part in a task. It is `completed` when the member completed their own part,
/// even if others are not done yet, and when the whole task is completed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c40",
    "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "name": "Ben Díaz",
    "state": "accepted",
    "is_handing_over": false,
    "is_away": false,
    "updated_at": "2027-01-01T12:00:00.000Z"
})))]
pub struct TaskAssignment {
    /// The id of the assignment.
    pub id: TaskAssignmentId,
    /// The id of the member.
    pub member_id: MemberId,
    /// The name of the member.
    pub name: String,
    /// The state of the assignment.
    pub state: TaskAssignmentState,
    /// Whether the member asks others to take it over. Until they do, the member has it, but it
    /// counts as uncovered.
    pub is_handing_over: bool,
    /// Whether the member has it and is away when it takes place. Then it counts as uncovered.
    pub is_away: bool,
    /// When it was last changed.
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

versioned!(Task in "tasks");
