//! The bodies about needs.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::change_log::merge_patch;
use crate::entity::ids::{AppointmentId, CircleId, MemberId, NeedId};
use crate::entity::need::{self, NeedKind, NeedState};
use crate::entity::need_commitment::CommitmentState;
use crate::features::tasks::Coverage;
use crate::http::pagination::{list_query, page_of};
use crate::http::response::Resource;
use crate::platform::text::{Notes, PeopleNeeded, Place};
use crate::platform::time::civil::{Day, Instant, WallTime};
use crate::platform::time::timestamps::in_milliseconds;

/// The need in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct NeedPath {
    /// The need.
    #[param(inline)]
    pub need_id: NeedId,
}

list_query! {
    /// Which needs.
    pub struct NeedQuery {
        /// Only needs in one of these states.
        #[serde(default)]
        #[param(inline)]
        pub state: Vec<NeedState>,
        /// Only needs that this member took, or was asked to take while a place is free.
        #[param(inline)]
        pub taken_by: Option<MemberId>,
        /// Only needs that need more people (`true`): open, not over, and of an
        /// appointment that is scheduled or took place.
        pub uncovered: Option<bool>,
        /// Only needs that are not over at this moment: they start at it or later, or end
        /// later. What takes all day counts until its date is over in your own time zone.
        #[param(inline)]
        pub from: Option<Instant>,
        /// Only needs that start before this moment. What takes all day starts with the
        /// midnight of its date in your own time zone.
        #[param(inline)]
        pub to: Option<Instant>,
    }
}

/// Something an appointment needs of others.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "kind": "driver", "pick_up": "At home", "starts_local": "2027-01-02T09:15" })))]
pub struct NewNeed {
    /// An id of your own choice, any UUID, so that repeating the request is harmless.
    #[serde(default)]
    #[garde(skip)]
    pub id: Option<NeedId>,
    #[garde(skip)]
    pub kind: NeedKind,
    /// Default: 1.
    #[serde(default)]
    #[garde(dive)]
    pub people_needed: Option<PeopleNeeded>,
    /// Shown to everybody who may take it.
    #[serde(default)]
    #[garde(dive)]
    pub pick_up: Option<Place>,
    /// Shown to everybody who may take it.
    #[serde(default)]
    #[garde(dive)]
    pub drop_off: Option<Place>,
    /// Shown to everybody who may take it.
    #[serde(default)]
    #[garde(dive)]
    pub notes: Option<Notes>,
    /// When it starts, in the appointment's zone. Default: with the appointment.
    #[serde(default)]
    #[garde(dive)]
    pub starts_local: Option<WallTime>,
    #[serde(default)]
    #[garde(dive)]
    pub ends_local: Option<WallTime>,
}

merge_patch! {
    /// What to change of a need.
    #[schema(examples(json!({ "pick_up": "At the station" })))]
    pub struct NeedChanges for need {
        /// Not less than have taken it.
        #[garde(dive)]
        people_needed: PeopleNeeded,
        #[garde(dive)]
        pick_up: Place | null,
        #[garde(dive)]
        drop_off: Place | null,
        #[garde(dive)]
        notes: Notes | null,
    }
}

/// Whom to ask to take a need.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e" })))]
pub struct NeedOffer {
    #[garde(skip)]
    pub member_id: MemberId,
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

impl Resource for Need {
    fn version(&self) -> i32 {
        self.version
    }

    fn location(&self) -> String {
        format!("/v1/circles/{}/needs/{}", self.circle_id, self.id)
    }
}

page_of!(NeedPage, Need);
