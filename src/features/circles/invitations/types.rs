//! The bodies about invitations that several operations share.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::rules::InvitationVerb;
use crate::entity::ids::{CircleId, InvitationId, MemberId};
use crate::entity::invitation;
use crate::entity::membership::AccessLevel;
use crate::http::response::Versioned;
use crate::platform::time::timestamps::in_milliseconds;

/// The invitation in the path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct InvitationPath {
    /// The id of the invitation.
    #[param(inline)]
    pub invitation_id: InvitationId,
}

/// An email that lets its reader join the circle.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 1,
    "email": "ben@example.org",
    "name": null,
    "member_id": null,
    "access": "helper",
    "as_patient": false,
    "relationship": "son",
    "note": null,
    "state": "open",
    "expires_at": "2027-01-09T12:00:00.000Z",
    "invited_by_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "actions": ["resend", "withdraw"],
    "created_at": "2027-01-02T12:00:00.000Z",
    "updated_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct Invitation {
    /// The id of the invitation.
    pub id: InvitationId,
    /// The circle that it belongs to.
    pub circle_id: CircleId,
    /// Counts its changes; send it in `If-Match`.
    pub version: i32,
    /// The email address that was invited. Only the account of this address can accept.
    pub email: String,
    /// The name of the person, if a member proposed them.
    pub name: Option<String>,
    /// The member without an account whom the invitation gives one.
    pub member_id: Option<MemberId>,
    /// The access level that the invited person gets.
    pub access: AccessLevel,
    /// Whether the invited person is the patient.
    pub as_patient: bool,
    /// What the invited person is to the patient, such as "son".
    pub relationship: Option<String>,
    /// A personal line that is shown with the invitation, but not in the email.
    pub note: Option<String>,
    /// What became of the invitation. It stays `open` when it expires.
    pub state: invitation::InvitationState,
    /// When the link stops working. Send the invitation again for a new link.
    #[serde(serialize_with = "in_milliseconds")]
    pub expires_at: DateTime<Utc>,
    /// The member who sent or proposed the invitation.
    pub invited_by_member_id: Option<MemberId>,
    /// What you can do now.
    #[schema(value_type = Vec<InvitationVerb>)]
    pub actions: Vec<&'static str>,
    /// When it was created.
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
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

/// The token of an invitation.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "token": "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg" })))]
pub struct InvitationTokenRequest {
    /// The `token` in the link of the email.
    #[garde(length(bytes, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub token: String,
}
