//! The bodies that several operations on passkeys share.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use crate::entity::ids::{PasskeyChallengeId, PasskeyId};
use crate::entity::passkey;
use crate::platform::time::timestamps::in_milliseconds;

/// The passkey in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PasskeyPath {
    /// The passkey.
    #[param(inline)]
    pub passkey_id: PasskeyId,
}

/// A `PublicKeyCredential` in JSON; only WebAuthn knows what it must hold.
pub type Credential = Map<String, Value>;

/// What a device is to sign with a passkey.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-4cc0-8f0e-3c1f6a1b2c3d",
    "expires_at": "2027-01-02T12:05:00.000Z",
    "options": {
        "challenge": "o6bZJ1Yc0tq0Yk3uSg3gZ5bWw1m1r5v1yqk7bq0kq2E",
        "rpId": "kith.example",
        "allowCredentials": [],
        "userVerification": "required",
        "timeout": 300_000
    }
})))]
pub struct PasskeyChallenge {
    pub id: PasskeyChallengeId,
    /// Until when the answer is taken.
    #[serde(serialize_with = "in_milliseconds")]
    pub expires_at: DateTime<Utc>,
    /// As WebAuthn level 3 writes them in JSON: for a new passkey what
    /// `PublicKeyCredential.parseCreationOptionsFromJSON()` reads, else what
    /// `parseRequestOptionsFromJSON()` reads.
    #[schema(value_type = Object)]
    pub options: Value,
}

/// A challenge, signed with a passkey, to prove again who one is.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyProof {
    #[garde(skip)]
    pub challenge_id: PasskeyChallengeId,
    /// What `toJSON()` of the `PublicKeyCredential` gives.
    #[garde(skip)]
    #[schema(value_type = Object)]
    pub credential: Credential,
}

/// A passkey of one's account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "name": "Ana's phone",
    "created_at": "2027-01-02T12:00:00.000Z",
    "last_used_at": "2027-01-05T09:30:00.000Z"
})))]
pub struct Passkey {
    pub id: PasskeyId,
    pub name: String,
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// Null before the first use.
    #[serde(serialize_with = "in_milliseconds")]
    pub last_used_at: Option<DateTime<Utc>>,
}

impl From<passkey::Model> for Passkey {
    fn from(row: passkey::Model) -> Self {
        Self {
            id: row.id,
            name: row.name,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
        }
    }
}
