//! The bodies about role assignments.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::versioned;
use crate::entity::ids::{CircleId, MemberId, RoleAssignmentId, RoleId, TaskId};
use crate::entity::role_assignment::{PatientPartKind, RoleAssignmentState};
use crate::features::roles::rules::RoleAssignmentVerb;
use crate::platform::time::civil::Day;
use crate::platform::time::timestamps::in_milliseconds;

/// The role assignment in the path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct RoleAssignmentPath {
    /// The id of the role assignment.
    #[param(inline)]
    pub role_assignment_id: RoleAssignmentId,
}

/// One member's part in a role, from the offer to its end.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c45",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "role_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c44",
    "version": 2,
    "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "name": "Ben Díaz",
    "state": "active",
    "starts_on": "2027-01-02",
    "ends_on": null,
    "ended_on": null,
    "previous_assignment_id": null,
    "offered_by_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c46",
    "patient_part": "text",
    "patient_part_text": "Chooses the menu for the week.",
    "patient_part_task_id": null,
    "is_handing_over": false,
    "actions": ["release", "update", "hand_over"],
    "created_at": "2027-01-01T12:00:00.000Z",
    "updated_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct RoleAssignment {
    /// The id of the role assignment.
    pub id: RoleAssignmentId,
    /// The circle that it belongs to.
    pub circle_id: CircleId,
    /// The role.
    pub role_id: RoleId,
    /// Counts its changes; send it in `If-Match`.
    pub version: i32,
    /// The member who carries the role or was asked.
    pub member_id: MemberId,
    /// The name of the member.
    pub name: String,
    /// The state of the assignment.
    pub state: RoleAssignmentState,
    /// The first day. Null for an offer that begins when it is accepted.
    pub starts_on: Option<Day>,
    /// The last day, if it has one. The assignment ends by itself after it.
    pub ends_on: Option<Day>,
    /// The day on which it really ended.
    pub ended_on: Option<Day>,
    /// The assignment that it takes over.
    pub previous_assignment_id: Option<RoleAssignmentId>,
    /// The member who offered the role; null if the member claimed it.
    pub offered_by_member_id: Option<MemberId>,
    /// What the patient keeps of the role.
    pub patient_part: Option<PatientPartKind>,
    /// What the patient keeps, in words. Set with `text`.
    pub patient_part_text: Option<String>,
    /// The task that the patient keeps. Set with `task`; null if you do not see the task.
    pub patient_part_task_id: Option<TaskId>,
    /// Whether the member asks others to take it over. Until they do, the member carries the role,
    /// but it counts as uncovered.
    pub is_handing_over: bool,
    /// What you can do now.
    #[schema(value_type = Vec<RoleAssignmentVerb>)]
    pub actions: Vec<&'static str>,
    /// When it was created.
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

versioned!(RoleAssignment in "role-assignments");
