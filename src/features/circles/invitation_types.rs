//! The bodies about invitations.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::invitation_rules::{InvitationFacts, InvitationVerb};
use super::types::Member;
use crate::access::{CircleScope, Verb};
use crate::entity::ids::{CircleId, InvitationId, MemberId};
use crate::entity::invitation;
use crate::entity::membership::Access;
use crate::features::accounts::Tokens;
use crate::http::pagination::page_of;
use crate::http::response::Versioned;
use crate::platform::text::{
    DeviceLabel, EmailAddress, InvitationNote, NewPassword, PersonName, Relationship,
};
use crate::platform::time::civil::{ZoneName, named_or_unknown};
use crate::platform::time::timestamps::in_milliseconds;

/// The invitation in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct InvitationPath {
    /// The invitation.
    #[param(inline)]
    pub invitation_id: InvitationId,
}

/// Somebody to invite.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "email": "ben@example.org", "access": "helper", "relationship": "son" })))]
pub struct NewInvitation {
    /// An id of your own choice, any UUID, so that repeating the request is harmless.
    #[serde(default)]
    #[garde(skip)]
    pub id: Option<InvitationId>,
    #[garde(dive)]
    pub email: EmailAddress,
    #[garde(skip)]
    pub access: Access,
    /// Whether this is the patient; accepting links their account.
    #[serde(default)]
    #[garde(skip)]
    pub as_patient: bool,
    #[serde(default)]
    #[garde(dive)]
    pub relationship: Option<Relationship>,
    /// Shown with the invitation, not in the mail.
    #[serde(default)]
    #[garde(dive)]
    pub note: Option<InvitationNote>,
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

/// The invitation as its reader sees it.
pub(super) fn invitation_seen_by(scope: &CircleScope, row: invitation::Model) -> Invitation {
    let facts = InvitationFacts {
        scope,
        invitation: &row,
    };
    Invitation {
        actions: InvitationVerb::actions(&facts),
        id: row.id,
        circle_id: row.circle_id,
        version: row.version,
        email: row.email,
        access: row.access,
        as_patient: row.as_patient,
        relationship: row.relationship,
        note: row.note,
        state: row.state,
        expires_at: row.expires_at,
        invited_by: row.created_by,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

page_of!(InvitationPage, Invitation);

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

/// What an invitation offers, for whoever holds its token.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "circle_alias": "Ana's circle",
    "invited_by": "Ana Díaz",
    "email": "ben@example.org",
    "access": "helper",
    "as_patient": false,
    "note": null,
    "has_account": false,
    "expires_at": "2027-01-09T12:00:00.000Z",
    "already_in": false
})))]
pub struct InvitationOffer {
    pub circle_alias: String,
    pub invited_by: String,
    /// The address it is bound to.
    pub email: String,
    pub access: Access,
    pub as_patient: bool,
    pub note: Option<String>,
    /// Whether the address has an account to sign in with.
    pub has_account: bool,
    #[serde(serialize_with = "in_milliseconds")]
    pub expires_at: DateTime<Utc>,
    /// The token was used, and whom it let in is still in the circle: sign in.
    pub already_in: bool,
}

/// A new account for whoever holds an invitation's token.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "token": "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg",
    "name": "Ben Díaz",
    "password": "correct horse battery staple",
    "time_zone": "Europe/Berlin"
})))]
pub struct InvitedRegistration {
    /// The `token` of the mailed link.
    #[garde(length(bytes, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub token: String,
    #[garde(dive)]
    pub name: PersonName,
    #[garde(dive)]
    pub password: NewPassword,
    /// The zone in which mails tell the time. Default: the circle's, for a device
    /// that does not know its zone.
    #[serde(default, deserialize_with = "named_or_unknown")]
    #[garde(dive)]
    pub time_zone: Option<ZoneName>,
    #[serde(default)]
    #[garde(dive)]
    pub device_label: Option<DeviceLabel>,
}

/// A new account, signed in and in its first circle.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({
    "tokens": {
        "access_token": "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSJ9…",
        "token_type": "Bearer",
        "expires_in": 600,
        "refresh_token": "6yN5h1oR2cW8…",
        "session_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
        "user_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f",
        "device_token": "q0TqkB9mX3v5…"
    },
    "member": {
        "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
        "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
        "version": 1,
        "user_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f",
        "name": "Ben Díaz",
        "email": "ben@example.org",
        "access": "helper",
        "is_patient": false,
        "relationship": "son",
        "released": null,
        "phone": null,
        "state": "active",
        "topics": { "daily": "read", "family": "none", "health": "none", "decisions": "none" },
        "topics_until": { "daily": null, "family": null, "health": null, "decisions": null },
        "actions": [],
        "created_at": "2027-01-02T12:00:00.000Z",
        "updated_at": "2027-01-02T12:00:00.000Z"
    }
})))]
pub struct Welcome {
    pub tokens: Tokens,
    pub member: Member,
}
