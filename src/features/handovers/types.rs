//! The bodies about handovers.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::rules::HandoverVerb;
use crate::access::versioned;
use crate::entity::handover::{HandoverReason, HandoverState};
use crate::entity::ids::{CircleId, HandoverId, MemberId, NeedId, RoleAssignmentId, TaskId};
use crate::entity::need::NeedKind;
use crate::platform::time::civil::Day;
use crate::platform::time::timestamps::in_milliseconds;

/// The handover in the path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct HandoverPath {
    /// The id of the handover.
    #[param(inline)]
    pub handover_id: HandoverId,
}

/// Whether you take it over although you have something else at that time.
#[derive(Clone, Copy, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "allow_overlap": false })))]
pub struct AcceptHandoverRequest {
    /// A member without an account for whom you do this. You are their contact, or a
    /// coordinator. Without it you act for yourself. The activity names both.
    #[serde(default)]
    #[garde(skip)]
    pub on_behalf_of_member_id: Option<MemberId>,
    /// Takes it over although you have something else at that time, in any of your circles.
    /// Without it an overlap is refused with 409 `overlap`.
    #[serde(default)]
    #[garde(skip)]
    pub allow_overlap: bool,
}

/// A member asks another member, or anybody in the circle, to take something over.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c60",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 1,
    "task_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f",
    "need_id": null,
    "role_assignment_id": null,
    "title": "Cook for Rosa",
    "need_kind": null,
    "scheduled_on": null,
    "scheduled_at": "2027-01-02T16:30:00.000Z",
    "from_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "from_name": "Ben Díaz",
    "to_member_id": null,
    "taken_by_member_id": null,
    "reason": null,
    "note": null,
    "state": "open",
    "expires_at": "2027-01-02T16:30:00.000Z",
    "ended_at": null,
    "actions": ["accept"],
    "created_at": "2027-01-01T12:00:00.000Z",
    "updated_at": "2027-01-01T12:00:00.000Z"
})))]
pub struct Handover {
    /// The id of the handover.
    pub id: HandoverId,
    /// The circle that it belongs to.
    pub circle_id: CircleId,
    /// Counts its changes; send it in `If-Match`.
    pub version: i32,
    /// The task that is handed over; null if it is something else.
    pub task_id: Option<TaskId>,
    /// The need that is handed over; null if it is something else.
    pub need_id: Option<NeedId>,
    /// The assignment of the role that is handed over; null if it is something else.
    pub role_assignment_id: Option<RoleAssignmentId>,
    /// The title of the task or of the role; null for a need: see `need_kind`.
    pub title: Option<String>,
    /// The kind of the need; null if it is something else.
    pub need_kind: Option<NeedKind>,
    /// The date when the task is due, or of the need, if it has no time of day.
    pub scheduled_on: Option<Day>,
    /// When the task is due, or when the need starts.
    #[serde(serialize_with = "in_milliseconds")]
    pub scheduled_at: Option<DateTime<Utc>>,
    /// The member who hands it over.
    pub from_member_id: MemberId,
    /// The name of that member.
    pub from_name: String,
    /// The member who is asked; null if anybody who can do it may accept.
    pub to_member_id: Option<MemberId>,
    /// The member who accepted or claimed it, or to whom a coordinator gave it.
    pub taken_by_member_id: Option<MemberId>,
    /// Why. Only the member who hands it over and the member who is asked see it, or the contact of
    /// one without an account; null for everybody else.
    pub reason: Option<HandoverReason>,
    /// What the member adds. The same members see it.
    pub note: Option<String>,
    /// The state of the handover.
    pub state: HandoverState,
    /// When it expires, if nobody has accepted by then.
    #[serde(serialize_with = "in_milliseconds")]
    pub expires_at: DateTime<Utc>,
    /// When it ended; null while it is open.
    #[serde(serialize_with = "in_milliseconds")]
    pub ended_at: Option<DateTime<Utc>>,
    /// What you can do now.
    #[schema(value_type = Vec<HandoverVerb>)]
    pub actions: Vec<&'static str>,
    /// When it was created.
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

versioned!(Handover in "handovers");
