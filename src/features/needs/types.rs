//! The bodies about needs.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::versioned;
use crate::entity::ids::{AppointmentId, CircleId, MemberId, NeedId};
use crate::entity::need::{NeedKind, NeedState};
use crate::entity::need_commitment::CommitmentState;
use crate::features::participation::Coverage;
use crate::platform::time::civil::{Day, WallTime};
use crate::platform::time::timestamps::in_milliseconds;

/// The need in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct NeedPath {
    /// The need.
    #[param(inline)]
    pub need_id: NeedId,
}

/// What an appointment needs of others, without the appointment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c51",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 1,
    "appointment_id": null,
    "kind": "driver",
    "people_needed": 1,
    "pick_up": "At home",
    "drop_off": null,
    "notes": null,
    "truncated": [],
    "starts_on": null,
    "starts_local": "2027-01-02T09:15",
    "ends_local": null,
    "time_zone": "Europe/Berlin",
    "starts_at": "2027-01-02T08:15:00.000Z",
    "ends_at": null,
    "state": "open",
    "coverage": "none",
    "takers": [],
    "my_commitment": null,
    "actions": ["take"],
    "created_at": "2027-01-01T11:00:00.000Z",
    "created_by": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "updated_at": "2027-01-01T12:00:00.000Z"
})))]
pub struct Need {
    pub id: NeedId,
    pub circle_id: CircleId,
    pub version: i32,
    /// Null for a reader who does not see the appointment.
    pub appointment_id: Option<AppointmentId>,
    pub kind: NeedKind,
    pub people_needed: i32,
    pub pick_up: Option<String>,
    pub drop_off: Option<String>,
    pub notes: Option<String>,
    /// The texts of which a list shows only the first 500 characters: read it alone
    /// for the whole. Empty then.
    pub truncated: Vec<&'static str>,
    /// The day, when the appointment takes all of it.
    pub starts_on: Option<Day>,
    /// The wall time at which it starts, in `time_zone`.
    pub starts_local: Option<WallTime>,
    pub ends_local: Option<WallTime>,
    pub time_zone: Option<String>,
    /// The instant of `starts_local`.
    #[serde(serialize_with = "in_milliseconds")]
    pub starts_at: Option<DateTime<Utc>>,
    /// The instant of `ends_local`.
    #[serde(serialize_with = "in_milliseconds")]
    pub ends_at: Option<DateTime<Utc>>,
    pub state: NeedState,
    pub coverage: Coverage,
    pub takers: Vec<NeedTaker>,
    /// The reader's own part in it.
    pub my_commitment: Option<CommitmentState>,
    /// What the reader may do now: `change`, `offer`, `cancel`, `take`, `decline`, `withdraw`.
    pub actions: Vec<&'static str>,
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    pub created_by: Option<MemberId>,
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

/// One person's part in a need.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "name": "Ben Díaz",
    "state": "accepted",
    "updated_at": "2027-01-01T12:00:00.000Z"
})))]
pub struct NeedTaker {
    pub member_id: MemberId,
    /// The member's name.
    pub name: String,
    pub state: CommitmentState,
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

versioned!(Need in "needs");
