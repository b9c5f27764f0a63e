//! Join links and join requests as the API shows them.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::rules::JoinRequestVerb;
use crate::entity::ids::{CircleId, JoinLinkId, JoinRequestId, MemberId};
use crate::entity::join_request::JoinRequestState;
use crate::entity::membership::AccessLevel;
use crate::http::response::Versioned;
use crate::platform::time::timestamps::in_milliseconds;

/// The join link in the path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct JoinLinkPath {
    /// The id of the join link.
    #[param(inline)]
    pub join_link_id: JoinLinkId,
}

/// The join request in the path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct JoinRequestPath {
    /// The id of the join request.
    #[param(inline)]
    pub join_request_id: JoinRequestId,
}

/// A link by which several people can ask to join.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 1,
    "url": null,
    "access": "helper",
    "max_uses": 10,
    "uses": 2,
    "needs_approval": true,
    "expires_at": "2027-01-09T12:00:00.000Z",
    "revoked_at": null,
    "created_by_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "created_at": "2027-01-02T12:00:00.000Z",
    "updated_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct JoinLink {
    /// The id of the join link.
    pub id: JoinLinkId,
    /// The circle that it belongs to.
    pub circle_id: CircleId,
    /// Counts its changes.
    pub version: i32,
    /// The link, for a message or a QR code. It is shown only once, in the first answer to its
    /// creation.
    pub url: Option<String>,
    /// The access level of the people who join by it, unless a coordinator chooses another.
    pub access: AccessLevel,
    /// How many people can use it.
    pub max_uses: i32,
    /// How many people have used it.
    pub uses: i32,
    /// Whether a coordinator approves each person.
    pub needs_approval: bool,
    /// When it stops working.
    #[serde(serialize_with = "in_milliseconds")]
    pub expires_at: DateTime<Utc>,
    /// When a coordinator revoked it.
    #[serde(serialize_with = "in_milliseconds")]
    pub revoked_at: Option<DateTime<Utc>>,
    /// The member who created it.
    pub created_by_member_id: Option<MemberId>,
    /// When it was created.
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

/// The request of a person to join a circle.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 1,
    "join_link_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c40",
    "name": "Ben Díaz",
    "note": "I live next door and can drive on Fridays.",
    "state": "pending",
    "actions": ["approve", "decline"],
    "created_at": "2027-01-02T12:00:00.000Z",
    "updated_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct JoinRequest {
    /// The id of the join request.
    pub id: JoinRequestId,
    /// The circle that the person wants to join.
    pub circle_id: CircleId,
    /// Counts its changes; send it in `If-Match`.
    pub version: i32,
    /// The link that the person used.
    pub join_link_id: JoinLinkId,
    /// The name of the person.
    pub name: String,
    /// A few words from the person.
    pub note: Option<String>,
    /// What became of the request.
    pub state: JoinRequestState,
    /// What you can do now.
    #[schema(value_type = Vec<JoinRequestVerb>)]
    pub actions: Vec<&'static str>,
    /// When it was created.
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

impl Versioned for JoinRequest {
    fn version(&self) -> i32 {
        self.version
    }

    fn location(&self) -> String {
        format!("/v1/circles/{}/join-requests", self.circle_id)
    }
}

/// The token of a join link.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "token": "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg" })))]
pub struct JoinLinkTokenRequest {
    /// The `token` in the link.
    #[garde(length(bytes, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub token: String,
}
