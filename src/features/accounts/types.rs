//! The bodies that several account operations share.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::entity::ids::{CircleId, SessionId, UserId};
use crate::entity::user;
use crate::features::participation::Released;
use crate::http::response::Versioned;
use crate::platform::time::timestamps::in_milliseconds;

/// What a signed-in app works with.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({
    "access_token": "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSJ9…",
    "token_type": "Bearer",
    "expires_in": 600,
    "refresh_token": "6yN5h1oR2cW8…",
    "session_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "user_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "device_token": "q0TqkB9mX3v5…"
})))]
pub struct Tokens {
    /// Send as `Authorization: Bearer …`.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// Seconds until the access token ends.
    pub expires_in: i64,
    /// Good for one use.
    pub refresh_token: String,
    pub session_id: SessionId,
    pub user_id: UserId,
    /// Shows that this device has signed in before; null where it has one or this is no sign-in.
    pub device_token: Option<String>,
}

/// What this would do was done before: the account exists and its owner signs in. Nobody is
/// signed in by doing it again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "already_in": true })))]
pub struct AlreadyIn {
    /// Always true.
    pub already_in: bool,
}

impl Default for AlreadyIn {
    fn default() -> Self {
        Self { already_in: true }
    }
}

/// What a mailed link carries.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "token": "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg" })))]
pub struct MailedToken {
    /// The `token` of the link.
    #[garde(length(bytes, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub token: String,
}

/// How a factor is taken from the account.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "keep_other_sessions": true })))]
pub struct FactorRemoval {
    /// Whether other devices stay signed in.
    #[serde(default)]
    #[garde(skip)]
    pub keep_other_sessions: bool,
}

/// One's own account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 1,
    "email": "ana@example.org",
    "name": "Ana Díaz",
    "time_zone": "Europe/Berlin",
    "erase_at": null,
    "released": null,
    "created_at": "2027-01-02T12:00:00.000Z",
    "updated_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct Profile {
    pub id: UserId,
    pub version: i32,
    pub email: String,
    pub name: String,
    pub time_zone: String,
    /// When the account is going to be erased, if one asked for that.
    #[serde(serialize_with = "in_milliseconds")]
    pub erase_at: Option<DateTime<Utc>>,
    /// What is open to others now, circle by circle. Null but in the answer to having
    /// the account erased.
    pub released: Option<Vec<ReleasedInCircle>>,
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

/// What was released in one of your circles.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "released": [{ "type": "task", "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f", "title": "Shopping" }]
})))]
pub struct ReleasedInCircle {
    pub circle_id: CircleId,
    pub released: Vec<Released>,
}

impl From<user::Model> for Profile {
    fn from(user: user::Model) -> Self {
        Self {
            id: user.id,
            version: user.version,
            email: user.email,
            name: user.name,
            time_zone: user.time_zone,
            erase_at: user.erase_at,
            released: None,
            created_at: user.created_at,
            updated_at: user.updated_at,
        }
    }
}

impl Versioned for Profile {
    fn version(&self) -> i32 {
        self.version
    }

    fn location(&self) -> String {
        "/v1/me".into()
    }
}
