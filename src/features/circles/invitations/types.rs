//! The bodies about invitations that several operations share.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::entity::ids::{CircleId, InvitationId, MemberId};
use crate::entity::invitation;
use crate::entity::membership::Access;
use crate::http::response::Versioned;
use crate::platform::time::timestamps::in_milliseconds;

/// The invitation in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct InvitationPath {
    /// The invitation.
    #[param(inline)]
    pub invitation_id: InvitationId,
}

/// An invitation into the circle.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 1,
    "email": "ben@example.org",
    "access": "helper",
    "as_patient": false,
    "relationship": "son",
    "note": null,
    "state": "open",
    "expires_at": "2027-01-09T12:00:00.000Z",
    "invited_by": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "actions": ["resend", "withdraw"],
    "created_at": "2027-01-02T12:00:00.000Z",
    "updated_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct Invitation {
    pub id: InvitationId,
    pub circle_id: CircleId,
    pub version: i32,
    pub email: String,
    pub access: Access,
    pub as_patient: bool,
    pub relationship: Option<String>,
    pub note: Option<String>,
    pub state: invitation::InvitationState,
    /// An open invitation past this moment is no longer good; resend it.
    #[serde(serialize_with = "in_milliseconds")]
    pub expires_at: DateTime<Utc>,
    pub invited_by: Option<MemberId>,
    /// What the reader may do now: `resend`, `withdraw`.
    pub actions: Vec<&'static str>,
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

impl Versioned for Invitation {
    fn version(&self) -> i32 {
        self.version
    }

    fn location(&self) -> String {
        format!("/v1/circles/{}/invitations", self.circle_id)
    }
}

/// The token of an invitation's mail.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "token": "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg" })))]
pub struct InvitationToken {
    /// The `token` of the mailed link.
    #[garde(length(bytes, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub token: String,
}
