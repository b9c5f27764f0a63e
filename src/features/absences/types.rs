//! The bodies about absences.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::rules::AbsenceVerb;
use crate::access::versioned;
use crate::entity::absence::AbsenceState;
use crate::entity::ids::{AbsenceId, CircleId, MemberId};
use crate::entity::wire_enum;
use crate::platform::time::civil::Day;
use crate::platform::time::timestamps::in_milliseconds;

/// The absence in the path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct AbsencePath {
    /// The id of the absence.
    #[param(inline)]
    pub absence_id: AbsenceId,
}

/// The days on which a member is away.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c61",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 1,
    "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "name": "Ben Díaz",
    "from_on": "2027-01-02",
    "until_on": "2027-01-09",
    "note": null,
    "state": "active",
    "affected": null,
    "actions": ["update", "end"],
    "created_at": "2027-01-01T12:00:00.000Z",
    "updated_at": "2027-01-01T12:00:00.000Z"
})))]
pub struct Absence {
    /// The id of the absence.
    pub id: AbsenceId,
    /// The circle that it belongs to.
    pub circle_id: CircleId,
    /// Counts its changes; send it in `If-Match`.
    pub version: i32,
    /// The member who is away.
    pub member_id: MemberId,
    /// The name of the member.
    pub name: String,
    /// The first day, in the time zone of the circle.
    pub from_on: Day,
    /// The last day. Null: until it is ended.
    pub until_on: Option<Day>,
    /// What the member adds. Only the member, the contact of a member without an account, and
    /// coordinators see it.
    pub note: Option<String>,
    /// The state of the absence.
    pub state: AbsenceState,
    /// What the member held for this time, as far as you see it, and the roles that they carry.
    /// Null, except in the answer that creates the absence.
    pub affected: Option<Vec<AffectedItem>>,
    /// What you can do now.
    #[schema(value_type = Vec<AbsenceVerb>)]
    pub actions: Vec<&'static str>,
    /// When it was created.
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

wire_enum! {
    /// What is affected by an absence.
    AffectedItemType {
        /// A task.
        Task = "task",
        /// A need of an appointment.
        Need = "need",
        /// A role, which lasts longer. Nothing happens to it.
        Role = "role",
    }
}

wire_enum! {
    /// What becomes of something that a member holds while they are away.
    AffectedOutcome {
        /// It is open to others again.
        Released = "released",
        /// The member hands it over to anybody who can do it.
        Offered = "offered",
        /// The member keeps it. It counts as uncovered then.
        Kept = "kept",
    }
}

/// Something that a member holds while they are away.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "type": "task",
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f",
    "title": "Shopping",
    "scheduled_on": "2027-01-04",
    "scheduled_at": null,
    "outcome": "released"
})))]
pub struct AffectedItem {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: AffectedItemType,
    /// The id of the task, the need or the role.
    pub id: Uuid,
    /// The title of the task or the role, or the kind of the need.
    pub title: String,
    /// The date when the task is due, or of the need, if it has no time of day. Null for a role.
    pub scheduled_on: Option<Day>,
    /// When the task is due, or when the need starts. Null for a role.
    #[serde(serialize_with = "in_milliseconds")]
    pub scheduled_at: Option<DateTime<Utc>>,
    /// What becomes of it.
    pub outcome: AffectedOutcome,
}

versioned!(Absence in "absences");
