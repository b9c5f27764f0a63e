//! The bodies about items of checklists.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::rules::ChecklistItemVerb;
use crate::access::versioned;
use crate::entity::ids::{ChecklistItemId, CircleId, MemberId, TaskId};
use crate::platform::time::timestamps::in_milliseconds;

/// The item in the path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ChecklistItemPath {
    /// The id of the item.
    #[param(inline)]
    pub checklist_item_id: ChecklistItemId,
}

/// An item in the checklist of a task, as you see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c42",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 2,
    "task_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f",
    "title": "Take the insurance card along",
    "position": 0,
    "checked_at": "2027-01-02T15:00:00.000Z",
    "checked_by_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "actions": ["uncheck"],
    "created_at": "2027-01-01T11:00:00.000Z",
    "created_by_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "updated_at": "2027-01-02T15:00:00.000Z"
})))]
pub struct ChecklistItem {
    /// The id of the item.
    pub id: ChecklistItemId,
    /// The circle that it belongs to.
    pub circle_id: CircleId,
    /// Counts its changes; send it in `If-Match`.
    pub version: i32,
    /// The task that it belongs to.
    pub task_id: TaskId,
    /// What is to be done.
    pub title: String,
    /// Its place in the checklist: small numbers come first. Items with the same number are in the
    /// order in which they were created.
    pub position: i32,
    /// When it was checked; null if it is not checked.
    #[serde(serialize_with = "in_milliseconds")]
    pub checked_at: Option<DateTime<Utc>>,
    /// The member who checked it; null if it is not checked.
    pub checked_by_member_id: Option<MemberId>,
    /// What you can do now.
    #[schema(value_type = Vec<ChecklistItemVerb>)]
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

versioned!(ChecklistItem in "checklist-items");
