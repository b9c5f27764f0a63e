//! The bodies about somebody's part in a role.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::versioned;
use crate::entity::ids::{CircleId, MemberId, RoleAssignmentId, RoleId, TaskId};
use crate::entity::role_assignment::{PatientPart, RoleAssignmentState};
use crate::platform::time::civil::Day;
use crate::platform::time::timestamps::in_milliseconds;

/// The assignment in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct RoleAssignmentPath {
    /// One person's part in a role.
    #[param(inline)]
    pub role_assignment_id: RoleAssignmentId,
}

/// One person's part in a role, from the offer to its end.
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
    "offered_by": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c46",
    "patient_part": "keeps",
    "patient_part_text": "Chooses the menu for the week.",
    "patient_part_task_id": null,
    "actions": ["end", "change"],
    "created_at": "2027-01-01T12:00:00.000Z",
    "updated_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct RoleAssignment {
    pub id: RoleAssignmentId,
    pub circle_id: CircleId,
    pub role_id: RoleId,
    pub version: i32,
    pub member_id: MemberId,
    /// The member's name.
    pub name: String,
    pub state: RoleAssignmentState,
    /// The first day; of an offer, if it names one.
    pub starts_on: Option<Day>,
    /// The last day, if there is to be one; it ends by itself after it.
    pub ends_on: Option<Day>,
    /// The day on which it really ended.
    pub ended_on: Option<Day>,
    /// Whose part it takes over.
    pub previous_assignment_id: Option<RoleAssignmentId>,
    /// Who asked; null if the member took the role.
    pub offered_by: Option<MemberId>,
    /// What the patient keeps of the role.
    pub patient_part: Option<PatientPart>,
    pub patient_part_text: Option<String>,
    /// Null also for who does not see that task.
    pub patient_part_task_id: Option<TaskId>,
    /// What the reader may do now: `accept`, `decline`, `withdraw`, `end`, `change`.
    pub actions: Vec<&'static str>,
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

versioned!(RoleAssignment in "role-assignments");
