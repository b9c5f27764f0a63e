//! The bodies about series of tasks.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::rules::TaskSeriesVerb;
use crate::access::versioned;
use crate::entity::ids::{CircleId, MemberId, TaskListId, TaskSeriesId, TaskSeriesMemberId};
use crate::entity::task::TaskCategory;
use crate::entity::task_series::SeriesState;
use crate::entity::task_series_member::SeriesMemberState;
use crate::entity::topic_grant::Topic;
use crate::platform::time::civil::{Day, WallTime};
use crate::platform::time::timestamps::in_milliseconds;

/// The series of tasks in the path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct TaskSeriesPath {
    /// The id of the series.
    #[param(inline)]
    pub task_series_id: TaskSeriesId,
}

/// A series of tasks, as you see it. Its occurrences are tasks with its id in `series_id`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c4a",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 2,
    "task_list_id": null,
    "title": "Fill the pill box",
    "notes": null,
    "truncated_fields": [],
    "category": "medication",
    "topic": "health",
    "due_on": null,
    "due_local": "2027-01-03T18:00",
    "starts_local": null,
    "time_zone": "Europe/Berlin",
    "recurrence": "FREQ=WEEKLY;BYDAY=SU",
    "last_on": null,
    "effort_minutes": 20,
    "people_needed": 1,
    "reminder_minutes": [120],
    "reminders_off": false,
    "lapse_after_days": null,
    "checklist": ["Morning", "Evening"],
    "state": "active",
    "takes_turns": true,
    "tasks_until_on": "2027-03-04",
    "previous_series_id": null,
    "members": [{
        "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c4b",
        "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
        "name": "Ben Díaz",
        "state": "accepted",
        "turn": 0,
        "updated_at": "2027-01-01T12:00:00.000Z"
    }],
    "my_part": "accepted",
    "actions": ["release"],
    "created_at": "2027-01-01T11:00:00.000Z",
    "created_by_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "updated_at": "2027-01-01T12:00:00.000Z"
})))]
pub struct TaskSeries {
    /// The id of the series.
    pub id: TaskSeriesId,
    /// The circle that it belongs to.
    pub circle_id: CircleId,
    /// Counts its changes; send it in `If-Match`.
    pub version: i32,
    /// The task list that its tasks belong to.
    pub task_list_id: Option<TaskListId>,
    /// What is to be done.
    pub title: String,
    /// What else to know.
    pub notes: Option<String>,
    /// The names of the texts that are cut after 500 characters. Only lists cut texts:
    /// get the series alone for the whole text.
    pub truncated_fields: Vec<&'static str>,
    /// The kind of task.
    pub category: TaskCategory,
    /// What it is about: it decides who can see the series and its tasks.
    pub topic: Topic,
    /// The date of the first task, if the time of day does not matter.
    pub due_on: Option<Day>,
    /// The local time when the first task is due, in `time_zone`.
    pub due_local: Option<WallTime>,
    /// The local time from which the first task can be done, in `time_zone`.
    pub starts_local: Option<WallTime>,
    /// The time zone of the local times.
    pub time_zone: Option<String>,
    /// The rule by which it repeats, in one spelling: the parts in a fixed order, and the days that
    /// follow from the first date.
    pub recurrence: String,
    /// The date of the last task, if the rule ends.
    pub last_on: Option<Day>,
    /// How long each task takes, in minutes.
    pub effort_minutes: Option<i32>,
    /// How many members each task needs.
    pub people_needed: i32,
    /// When the members who do a task are reminded, in minutes before it is due.
    pub reminder_minutes: Vec<i32>,
    /// Whether nobody is reminded. Then `reminder_minutes` is empty.
    pub reminders_off: bool,
    /// How many days after its time each task lapses, if nobody completes it; null for one day.
    pub lapse_after_days: Option<i32>,
    /// What the items in the checklist of each new task say.
    pub checklist: Vec<String>,
    /// The state of the series.
    pub state: SeriesState,
    /// Whether its members take turns. Otherwise each of them does every task.
    pub takes_turns: bool,
    /// The date up to which its tasks exist. The server makes more as time passes.
    pub tasks_until_on: Day,
    /// The series that it continues, if a series was changed from a date on.
    pub previous_series_id: Option<TaskSeriesId>,
    /// Who does its tasks, was asked or declined. Members who take turns come in the order of their
    /// turns.
    pub members: Vec<TaskSeriesMember>,
    /// The state of your own part; null if you have none.
    pub my_part: Option<SeriesMemberState>,
    /// What you can do now.
    #[schema(value_type = Vec<TaskSeriesVerb>)]
    pub actions: Vec<&'static str>,
    /// When it was created.
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// The member who created it.
    pub created_by_member_id: Option<MemberId>,
    /// When it was last changed.
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

/// A member's part in a series of tasks.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c4b",
    "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "name": "Ben Díaz",
    "state": "accepted",
    "turn": 0,
    "updated_at": "2027-01-01T12:00:00.000Z"
})))]
pub struct TaskSeriesMember {
    /// The id of the part.
    pub id: TaskSeriesMemberId,
    /// The id of the member.
    pub member_id: MemberId,
    /// The name of the member.
    pub name: String,
    /// The state of the part.
    pub state: SeriesMemberState,
    /// The place in the order of the turns, from 0; null if the member has no turn.
    pub turn: Option<i32>,
    /// When it was last changed.
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

versioned!(TaskSeries in "task-series");
