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
    /// The id of the passkey.
    #[param(inline)]
    pub passkey_id: PasskeyId,
}

/// A `PublicKeyCredential` in JSON. WebAuthn defines what it holds.
pub type Credential = Map<String, Value>;

/// What a device signs with a passkey.
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
    /// The id of the challenge.
    pub id: PasskeyChallengeId,
    /// When the challenge expires.
    #[serde(serialize_with = "in_milliseconds")]
    pub expires_at: DateTime<Utc>,
    /// The options in the JSON of WebAuthn level 3. Give them to
    /// `PublicKeyCredential.parseCreationOptionsFromJSON()` to create a passkey, and to
    /// `PublicKeyCredential.parseRequestOptionsFromJSON()` to sign in or to confirm your
    /// identity.
    #[schema(value_type = Object)]
    pub options: Value,
}

/// A challenge that a passkey has signed, to confirm your identity.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyAssertion {
    /// The id of the challenge from `POST /v1/me/reauthentication-challenges`.
    #[garde(skip)]
    pub passkey_challenge_id: PasskeyChallengeId,
    /// What `toJSON()` of the `PublicKeyCredential` returns.
    #[garde(skip)]
    #[schema(value_type = Object)]
    pub credential: Credential,
}

/// One of your passkeys.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "name": "Ana's phone",
    "created_at": "2027-01-02T12:00:00.000Z",
    "last_used_at": "2027-01-05T09:30:00.000Z"
})))]
pub struct Passkey {
    /// The id of the passkey.
    pub id: PasskeyId,
    /// What you call it.
    pub name: String,
    /// When it was created.
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// When you last signed in or confirmed your identity with it. Null before the first use.
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
