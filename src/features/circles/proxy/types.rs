//! The proxy as the API shows it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::rules::ProxyVerb;
use crate::entity::ids::{CircleId, MemberId, ProxyId};
use crate::entity::proxy::{ProxyBasis, ProxyState};
use crate::http::response::Versioned;
use crate::platform::time::timestamps::in_milliseconds;

/// A member who decides for the patient when the patient cannot.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 1,
    "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "basis": "patient_said",
    "said_on": "2027-01-01",
    "named_by_patient": false,
    "recorded_by_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c40",
    "state": "dormant",
    "activated_at": null,
    "actions": ["activate", "revoke"],
    "created_at": "2027-01-02T12:00:00.000Z",
    "updated_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct Proxy {
    /// The id of the proxy.
    pub id: ProxyId,
    /// The circle that it belongs to.
    pub circle_id: CircleId,
    /// Counts its changes; send it in `If-Match`.
    pub version: i32,
    /// The member who decides for the patient.
    pub member_id: MemberId,
    /// Why the member may decide for the patient.
    pub basis: ProxyBasis,
    /// When the patient said so, or the date of the document.
    pub said_on: Option<NaiveDate>,
    /// Whether the patient named the member. Otherwise a coordinator recorded it.
    pub named_by_patient: bool,
    /// The member who named the proxy or recorded it.
    pub recorded_by_member_id: Option<MemberId>,
    /// Whether the member decides for the patient now.
    pub state: ProxyState,
    /// Since when the member decides for the patient.
    #[serde(serialize_with = "in_milliseconds")]
    pub activated_at: Option<DateTime<Utc>>,
    /// What you can do now.
    #[schema(value_type = Vec<ProxyVerb>)]
    pub actions: Vec<&'static str>,
    /// When it was created.
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

impl Versioned for Proxy {
    fn version(&self) -> i32 {
        self.version
    }

    fn location(&self) -> String {
        format!("/v1/circles/{}/proxy", self.circle_id)
    }
}
