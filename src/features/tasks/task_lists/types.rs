//! The bodies about task lists.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::versioned;
use crate::entity::ids::{CircleId, TaskListId};
use crate::entity::wire_enum;
use crate::platform::time::timestamps::in_milliseconds;

/// The task list in the path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct TaskListPath {
    /// The id of the task list.
    #[param(inline)]
    pub task_list_id: TaskListId,
}

wire_enum! {
    /// What the caller can do now.
    TaskListAction {
        /// Change its title or position.
        Update = "update",
        /// Delete it.
        Delete = "delete",
    }
}

/// A named list that groups tasks.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c41",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 1,
    "title": "This week",
    "position": 0,
    "actions": ["update", "delete"],
    "created_at": "2027-01-02T12:00:00.000Z",
    "updated_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct TaskList {
    /// The id of the task list.
    pub id: TaskListId,
    /// The circle that it belongs to.
    pub circle_id: CircleId,
    /// Counts its changes; send it in `If-Match`.
    pub version: i32,
    /// What the task list is called.
    pub title: String,
    /// Where to show the task list: small numbers come first.
    pub position: i32,
    /// What you can do now.
    pub actions: Vec<TaskListAction>,
    /// When it was created.
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

versioned!(TaskList in "task-lists");
