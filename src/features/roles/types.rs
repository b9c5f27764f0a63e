//! The bodies about roles.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::role_assignments::RoleAssignment;
use crate::access::versioned;
use crate::entity::ids::{CircleId, MemberId, RoleId};
use crate::entity::role::{RoleKind, RoleState};
use crate::entity::role_assignment::RoleAssignmentState;
use crate::platform::time::timestamps::in_milliseconds;

/// The role in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct RolePath {
    /// The role.
    #[param(inline)]
    pub role_id: RoleId,
}

/// A role, with who carries it now and who was asked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c44",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 3,
    "kind": "meals",
    "title": "Cooking on weekdays",
    "description": null,
    "truncated": [],
    "effort_minutes_per_week": 300,
    "shared": false,
    "previously_carried_by_patient": true,
    "state": "active",
    "assignments": [{
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
    }],
    "my_assignment": "active",
    "actions": ["change", "offer", "retire"],
    "created_at": "2027-01-01T11:00:00.000Z",
    "created_by": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c46",
    "updated_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct Role {
    pub id: RoleId,
    pub circle_id: CircleId,
    pub version: i32,
    pub kind: RoleKind,
    pub title: String,
    pub description: Option<String>,
    /// The texts of which a list shows only the first 500 characters: read it alone
    /// for the whole. Empty then.
    pub truncated: Vec<&'static str>,
    pub effort_minutes_per_week: Option<i32>,
    /// Whether several may carry it at a time.
    pub shared: bool,
    pub previously_carried_by_patient: bool,
    pub state: RoleState,
    /// Who carries it now and who was asked; the timeline has the others too.
    pub assignments: Vec<RoleAssignment>,
    /// The state of the reader's own assignment, of those.
    pub my_assignment: Option<RoleAssignmentState>,
    /// What the reader may do now: `change`, `offer`, `take`, `retire`, `revive`.
    pub actions: Vec<&'static str>,
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    pub created_by: Option<MemberId>,
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

versioned!(Role in "roles");
