//! The bodies about tasks.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::change_log::merge_patch;
use crate::entity::ids::{CircleId, MemberId, TaskAssignmentId, TaskId, TaskListId};
use crate::entity::task::{self, TaskCategory, TaskState};
use crate::entity::task_assignment::AssignmentState;
use crate::entity::topic_grant::Topic;
use crate::http::pagination::{list_query, page_of};
use crate::http::response::Resource;
use crate::notify::reminders::offsets_json;
use crate::platform::text::{EffortMinutes, HelpersNeeded, Notes, ReminderMinutes, Title};
use crate::platform::time::civil::{Day, Instant, WallTime, ZoneName, named_or_unknown};
use crate::platform::time::timestamps::in_milliseconds;

/// The task in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct TaskPath {
    /// The task.
    #[param(inline)]
    pub task_id: TaskId,
}

wire_enum! {
    /// Whether enough people have taken a task on.
    Coverage {
        /// Nobody has.
        None = "none",
        /// Some, but not enough.
        Partial = "partial",
        /// Enough.
        Full = "full",
    }
}

impl Coverage {
    /// Of so many who have accepted, where so many are needed.
    pub fn of(accepted: i32, needed: i32) -> Self {
        match accepted {
            0 => Self::None,
            some if some < needed => Self::Partial,
            _ => Self::Full,
        }
    }
}

/// In which order tasks are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
pub enum TaskSort {
    /// Soonest due first.
    #[serde(rename = "due")]
    Due,
    /// Latest due first.
    #[serde(rename = "-due")]
    DueLast,
    /// Oldest first.
    #[serde(rename = "created_at")]
    Created,
    /// Newest first.
    #[serde(rename = "-created_at")]
    CreatedLast,
}

list_query! {
    /// Which tasks.
    pub struct TaskQuery {
        /// Only tasks in one of these states.
        #[serde(default)]
        #[param(inline)]
        pub state: Vec<TaskState>,
        /// Only tasks of one of these categories.
        #[serde(default)]
        #[param(inline)]
        pub category: Vec<TaskCategory>,
        /// Only tasks of this list.
        #[param(inline)]
        pub list_id: Option<TaskListId>,
        /// Only tasks that this member holds or has done, or has been offered while a
        /// place is free.
        #[param(inline)]
        pub assigned_to: Option<MemberId>,
        /// Only open tasks that need more people (`true`), not those whose window has
        /// closed.
        pub uncovered: Option<bool>,
        /// Only tasks that are not over at this moment: due at it or later, or with a
        /// window that closes later. A date counts until it is over in your own time
        /// zone. None without a due time.
        #[param(inline)]
        pub from: Option<Instant>,
        /// Only tasks that begin before this moment: due before it, or with a window
        /// that opens before it. A date begins with its midnight in your own time zone.
        #[param(inline)]
        pub to: Option<Instant>,
        /// Default: `due`.
        #[param(inline)]
        pub sort: Option<TaskSort>,
    }
}

/// A task to be.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "title": "Pick up the prescription",
    "category": "medication",
    "due_local": "2027-01-02T17:30",
    "time_zone": "Europe/Berlin"
})))]
pub struct NewTask {
    /// An id of one's own choice, a UUIDv7, so that repeating the request is harmless.
    #[serde(default)]
    #[garde(skip)]
    pub id: Option<TaskId>,
    #[garde(dive)]
    pub title: Title,
    #[serde(default)]
    #[garde(dive)]
    pub notes: Option<Notes>,
    #[serde(default = "other")]
    #[garde(skip)]
    #[schema(default = json!("other"))]
    pub category: TaskCategory,
    /// Default: by category.
    #[serde(default)]
    #[garde(skip)]
    pub topic: Option<Topic>,
    #[serde(default)]
    #[garde(skip)]
    pub list_id: Option<TaskListId>,
    /// The day by which, when the time of day does not matter.
    #[serde(default)]
    #[garde(dive)]
    pub due_on: Option<Day>,
    /// The wall time by which; not together with `due_on`.
    #[serde(default)]
    #[garde(dive)]
    pub due_local: Option<WallTime>,
    /// When the window for it opens, if it has one; only with `due_local`.
    #[serde(default)]
    #[garde(dive)]
    pub from_local: Option<WallTime>,
    /// Where the wall times are meant. Default: the circle's zone.
    #[serde(default, deserialize_with = "named_or_unknown")]
    #[garde(dive)]
    pub time_zone: Option<ZoneName>,
    #[serde(default)]
    #[garde(dive)]
    pub effort_minutes: Option<EffortMinutes>,
    /// Default: 1.
    #[serde(default)]
    #[garde(dive)]
    pub helpers_needed: Option<HelpersNeeded>,
    /// When to remind whoever took it on: minutes before the due time; a date
    /// counts as 09:00. Default: a day before.
    #[serde(default)]
    #[garde(length(max = 5), dive)]
    #[schema(max_items = 5)]
    pub reminder_minutes: Option<Vec<ReminderMinutes>>,
}

fn other() -> TaskCategory {
    TaskCategory::Other
}

merge_patch! {
    /// What to change of a task.
    ///
    /// A new `due_on` replaces `due_local` and the other way round; clearing the
    /// one that is set leaves the task without a due time.
    #[schema(examples(json!({ "due_local": "2027-01-03T10:00", "notes": null })))]
    pub struct TaskChanges for task {
        #[garde(dive)]
        title: Title,
        #[garde(dive)]
        notes: Notes | null,
        #[garde(skip)]
        category: TaskCategory,
        #[garde(skip)]
        topic: Topic,
        #[garde(skip)]
        list_id: TaskListId | null,
        #[garde(dive)]
        due_on: Day | null => elsewhere,
        #[garde(dive)]
        due_local: WallTime | null => elsewhere,
        #[garde(dive)]
        from_local: WallTime | null => elsewhere,
        #[garde(dive)]
        time_zone: ZoneName => elsewhere,
        #[garde(dive)]
        effort_minutes: EffortMinutes | null,
        /// Not less than have taken it on.
        #[garde(dive)]
        helpers_needed: HelpersNeeded,
        #[garde(length(max = 5), dive)]
        #[schema(max_items = 5)]
        reminder_minutes: Vec<ReminderMinutes> as offsets_json,
    }
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

impl Resource for Task {
    fn version(&self) -> i32 {
        self.version
    }

    fn location(&self) -> String {
        format!("/v1/circles/{}/tasks/{}", self.circle_id, self.id)
    }
}

page_of!(TaskPage, Task);

/// Whether you take it on beside something else at that time.
#[derive(Clone, Copy, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "allow_overlap": true })))]
pub struct TakeOn {
    /// Without it, something you have taken on or accepted for the same time, in any
    /// of your circles, is a conflict. Something with a start and no end counts as an
    /// hour; a date, or a due time without a window, takes no time.
    #[serde(default)]
    #[garde(skip)]
    pub allow_overlap: bool,
}

/// Whom to ask.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e" })))]
pub struct Offer {
    #[garde(skip)]
    pub member_id: MemberId,
}

/// What was done, and when.
#[derive(Clone, Copy, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "occurred_at": "2027-01-02T15:00:00Z" })))]
pub struct Completion {
    /// When it was really done, for somebody who was offline. Default: now. Up to 15
    /// minutes ahead of the server's clock counts as now; up to 30 days before the
    /// task was made counts as when it was made.
    #[serde(default)]
    #[garde(dive)]
    pub occurred_at: Option<Instant>,
    /// Whether the whole is done, where you hold one of several places; else your own
    /// part is. It needs the right to change the task.
    #[serde(default)]
    #[garde(skip)]
    pub whole: bool,
}
