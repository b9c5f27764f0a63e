//! The bodies about needs.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::rules::NeedVerb;
use crate::access::versioned;
use crate::entity::ids::{AppointmentId, CircleId, MemberId, NeedId};
use crate::entity::need::{NeedKind, NeedState};
use crate::entity::need_assignment::NeedAssignmentState;
use crate::features::participation::Coverage;
use crate::platform::time::civil::{Day, WallTime};
use crate::platform::time::timestamps::in_milliseconds;
use crate::row::Row;

/// The need in the path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct NeedPath {
    /// The id of the need.
    #[param(inline)]
    pub need_id: NeedId,
}

/// Help that an appointment needs, without the appointment itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c51",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 1,
    "appointment_id": null,
    "kind": "driver",
    "people_needed": 1,
    "pickup_location": "At home",
    "dropoff_location": null,
    "notes": null,
    "truncated_fields": [],
    "starts_on": null,
    "ends_on": null,
    "starts_local": "2027-01-02T09:15",
    "ends_local": null,
    "time_zone": "Europe/Berlin",
    "starts_at": "2027-01-02T08:15:00.000Z",
    "ends_at": null,
    "state": "open",
    "coverage": "none",
    "assignments": [],
    "my_assignment": null,
    "actions": ["claim"],
    "created_at": "2027-01-01T11:00:00.000Z",
    "created_by_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "updated_at": "2027-01-01T12:00:00.000Z"
})))]
pub struct Need {
    /// The id of the need.
    pub id: NeedId,
    /// The circle that it belongs to.
    pub circle_id: CircleId,
    /// Counts its changes; send it in `If-Match`.
    pub version: i32,
    /// The appointment that needs the help; null if you do not see it.
    pub appointment_id: Option<AppointmentId>,
    /// The kind of help.
    pub kind: NeedKind,
    /// How many members are needed.
    pub people_needed: i32,
    /// Where to pick somebody up.
    pub pickup_location: Option<String>,
    /// Where to take them.
    pub dropoff_location: Option<String>,
    /// What else to know.
    pub notes: Option<String>,
    /// The names of the texts that are cut after 500 characters. Only lists cut texts:
    /// get the need alone for the whole text.
    pub truncated_fields: Vec<&'static str>,
    /// The date, if the appointment takes all day.
    pub starts_on: Option<Day>,
    /// The last date, if the appointment takes several days.
    pub ends_on: Option<Day>,
    /// The local time at which it starts, in `time_zone`.
    pub starts_local: Option<WallTime>,
    /// The local time at which it ends, in `time_zone`.
    pub ends_local: Option<WallTime>,
    /// The time zone of the local times.
    pub time_zone: Option<String>,
    /// The moment of `starts_local`.
    #[serde(serialize_with = "in_milliseconds")]
    pub starts_at: Option<DateTime<Utc>>,
    /// The moment of `ends_local`.
    #[serde(serialize_with = "in_milliseconds")]
    pub ends_at: Option<DateTime<Utc>>,
    /// The state of the need.
    pub state: NeedState,
    /// Whether enough members have claimed it. Members who are handing it over,
    /// or are away then, do not count.
    pub coverage: Coverage,
    /// Who claimed it, was asked or declined.
    pub assignments: Vec<NeedAssignment>,
    /// The state of your own assignment; null if you have none.
    pub my_assignment: Option<NeedAssignmentState>,
    /// What you can do now.
    #[schema(value_type = Vec<NeedVerb>)]
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

/// One member's part in a need.
#[derive(Debug, Serialize, ToSchema, Row)]
#[schema(examples(json!({
    "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "name": "Ben Díaz",
    "state": "accepted",
    "is_handing_over": false,
    "is_away": false,
    "updated_at": "2027-01-01T12:00:00.000Z"
})))]
pub struct NeedAssignment {
    /// The id of the member.
    pub member_id: MemberId,
    /// The name of the member.
    pub name: String,
    /// The state of the member's part.
    pub state: NeedAssignmentState,
    /// Whether the member asks others to take it over. Until they do, the member has it, but it
    /// counts as uncovered.
    pub is_handing_over: bool,
    /// Whether the member has it and is away when it takes place. Then it counts as uncovered.
    pub is_away: bool,
    /// When it was last changed.
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

versioned!(Need in "needs");
