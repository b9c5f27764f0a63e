//! The bodies about roles.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::role_assignments::RoleAssignment;
use super::rules::RoleVerb;
use crate::access::versioned;
use crate::entity::ids::{CircleId, MemberId, RoleId};
use crate::entity::role::{RoleKind, RoleState};
use crate::entity::role_assignment::RoleAssignmentState;
use crate::platform::time::timestamps::in_milliseconds;

/// The role in the path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct RolePath {
    /// The id of the role.
    #[param(inline)]
    pub role_id: RoleId,
}

/// An area that somebody carries for a time, with the members who carry it now and those
/// who were asked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c44",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 3,
    "kind": "meals",
    "title": "Cooking on weekdays",
    "description": null,
    "truncated_fields": [],
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
        "offered_by_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c46",
        "patient_part": "text",
        "patient_part_text": "Chooses the menu for the week.",
        "patient_part_task_id": null,
        "is_handing_over": false,
        "actions": ["release", "update"],
        "created_at": "2027-01-01T12:00:00.000Z",
        "updated_at": "2027-01-02T12:00:00.000Z"
    }],
    "my_assignment": "active",
    "actions": ["update", "offer", "archive"],
    "created_at": "2027-01-01T11:00:00.000Z",
    "created_by_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c46",
    "updated_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct Role {
    /// The id of the role.
    pub id: RoleId,
    /// The circle that it belongs to.
    pub circle_id: CircleId,
    /// Counts its changes; send it in `If-Match`.
    pub version: i32,
    /// The kind of role.
    pub kind: RoleKind,
    /// What the role is called.
    pub title: String,
    /// What else to know about the role.
    pub description: Option<String>,
    /// The names of the texts that are cut after 500 characters. Only lists cut texts:
    /// get the role alone for the whole text.
    pub truncated_fields: Vec<&'static str>,
    /// How long it takes each week, in minutes.
    pub effort_minutes_per_week: Option<i32>,
    /// Whether several members may carry it at the same time.
    pub shared: bool,
    /// Whether the patient carried it before.
    pub previously_carried_by_patient: bool,
    /// The state of the role.
    pub state: RoleState,
    /// Who carries it now and who was asked. For past assignments, list the assignments
    /// of the role.
    pub assignments: Vec<RoleAssignment>,
    /// The state of your own assignment; null if you have none.
    pub my_assignment: Option<RoleAssignmentState>,
    /// What you can do now.
    #[schema(value_type = Vec<RoleVerb>)]
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

versioned!(Role in "roles");
