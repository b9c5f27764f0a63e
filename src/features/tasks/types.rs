//! The bodies about tasks.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::versioned;
use crate::entity::ids::{CircleId, MemberId, TaskAssignmentId, TaskId, TaskListId};
use crate::entity::task::{TaskCategory, TaskState};
use crate::entity::task_assignment::AssignmentState;
use crate::entity::topic_grant::Topic;
use crate::features::participation::Coverage;
use crate::platform::time::civil::{Day, WallTime};
use crate::platform::time::timestamps::in_milliseconds;

/// The task in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct TaskPath {
    /// The task.
    #[param(inline)]
    pub task_id: TaskId,
}

/// A task, as its reader sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 2,
    "list_id": null,
    "title": "Pick up the prescription",
    "notes": null,
    "truncated": [],
    "category": "medication",
    "topic": "health",
    "due_on": null,
    "due_local": "2027-01-02T17:30",
    "from_local": null,
    "time_zone": "Europe/Berlin",
    "due_at": "2027-01-02T16:30:00.000Z",
    "effort_minutes": 30,
    "helpers_needed": 1,
    "reminder_minutes": [1440],
    "state": "open",
    "coverage": "full",
    "schedule_version": 1,
    "assignments": [{
        "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c40",
        "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
        "name": "Ben Díaz",
        "state": "accepted",
        "updated_at": "2027-01-01T12:00:00.000Z"
    }],
    "my_assignment": "accepted",
    "done_at": null,
    "done_by": null,
    "actions": ["withdraw", "complete"],
    "created_at": "2027-01-01T11:00:00.000Z",
    "created_by": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "updated_at": "2027-01-01T12:00:00.000Z"
})))]
pub struct Task {
    pub id: TaskId,
    pub circle_id: CircleId,
    pub version: i32,
    pub list_id: Option<TaskListId>,
    pub title: String,
    pub notes: Option<String>,
    /// The texts of which a list shows only the first 500 characters: read it alone
    /// for the whole. Empty then.
    pub truncated: Vec<&'static str>,
    pub category: TaskCategory,
    pub topic: Topic,
    /// The day by which, when the time of day does not matter.
    pub due_on: Option<Day>,
    /// The wall time by which, in `time_zone`.
    pub due_local: Option<WallTime>,
    /// When the window for it opens, in `time_zone`.
    pub from_local: Option<WallTime>,
    pub time_zone: Option<String>,
    /// The instant of `due_local`.
    #[serde(serialize_with = "in_milliseconds")]
    pub due_at: Option<DateTime<Utc>>,
    pub effort_minutes: Option<i32>,
    pub helpers_needed: i32,
    /// Minutes before the due time at which whoever took it on is reminded.
    pub reminder_minutes: Vec<i32>,
    pub state: TaskState,
    pub coverage: Coverage,
    /// Counts the moves of the due time.
    pub schedule_version: i32,
    pub assignments: Vec<TaskAssignment>,
    /// The state of the reader's own assignment.
    pub my_assignment: Option<AssignmentState>,
    #[serde(serialize_with = "in_milliseconds")]
    pub done_at: Option<DateTime<Utc>>,
    pub done_by: Option<MemberId>,
    /// What the reader may do now: `change`, `approve`, `cancel`, `offer`,
    /// `claim`, `accept`, `decline`, `withdraw`, `complete`, `reopen`.
    pub actions: Vec<&'static str>,
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    pub created_by: Option<MemberId>,
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

/// One person's part in a task. It is `done` when they have done their own part,
/// though others may still have theirs to do, and with the whole.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c40",
    "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "name": "Ben Díaz",
    "state": "accepted",
    "updated_at": "2027-01-01T12:00:00.000Z"
})))]
pub struct TaskAssignment {
    pub id: TaskAssignmentId,
    pub member_id: MemberId,
    /// The member's name.
    pub name: String,
    pub state: AssignmentState,
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

versioned!(Task in "tasks");
