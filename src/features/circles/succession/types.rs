//! The succession as the API shows it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::rules::SuccessionVerb;
use crate::entity::ids::{CircleId, MemberId, SuccessionId};
use crate::entity::succession::SuccessionState;
use crate::http::response::Versioned;
use crate::platform::time::timestamps::in_milliseconds;

/// A request that a member becomes coordinator.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 2,
    "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "requested_by_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "supported_by_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c40",
    "state": "requested",
    "grant_at": "2027-01-05T12:00:00.000Z",
    "actions": ["end"],
    "created_at": "2027-01-02T12:00:00.000Z",
    "updated_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct Succession {
    /// The id of the request.
    pub id: SuccessionId,
    /// The circle that it belongs to.
    pub circle_id: CircleId,
    /// Counts its changes; send it in `If-Match`.
    pub version: i32,
    /// The member who becomes coordinator.
    pub member_id: MemberId,
    /// The member who asked for it first.
    pub requested_by_member_id: Option<MemberId>,
    /// The second member who asked for it; null if nobody did, or none is needed.
    pub supported_by_member_id: Option<MemberId>,
    /// What became of it.
    pub state: SuccessionState,
    /// When the member becomes coordinator; null while a second member is needed.
    #[serde(serialize_with = "in_milliseconds")]
    pub grant_at: Option<DateTime<Utc>>,
    /// What you can do now.
    #[schema(value_type = Vec<SuccessionVerb>)]
    pub actions: Vec<&'static str>,
    /// When it was created.
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

impl Versioned for Succession {
    fn version(&self) -> i32 {
        self.version
    }

    fn location(&self) -> String {
        format!("/v1/circles/{}/succession", self.circle_id)
    }
}
