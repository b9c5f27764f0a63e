//! The bodies that several account operations share.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::second_factor::SecondFactorChallenge;
use crate::entity::ids::{CircleId, SessionId, UserId};
use crate::entity::user::{self, DigestWeekday};
use crate::features::participation::ReleasedItem;
use crate::http::file_address::{FileAddress, FileReader};
use crate::http::response::Versioned;
use crate::platform::time::timestamps::in_milliseconds;

/// The example of a session in the document.
pub fn session_example() -> Value {
    json!({
        "access_token": "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSJ9…",
        "token_type": "Bearer",
        "expires_in": 600,
        "refresh_token": "6yN5h1oR2cW8…",
        "session_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
        "account_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
        "device_token": "q0TqkB9mX3v5…"
    })
}

/// The tokens of a session.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!(session_example())))]
pub struct SessionTokens {
    /// Send as `Authorization: Bearer …`.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// Seconds until the access token expires.
    pub expires_in: i64,
    /// Gets the next tokens. It works once.
    pub refresh_token: String,
    /// The id of the session.
    pub session_id: SessionId,
    /// The id of your account.
    pub account_id: UserId,
    /// Keep it, and send it with each later sign-in on this device. Null if the device sent
    /// one, and when a session is refreshed.
    pub device_token: Option<String>,
}

/// How far you are signed in. If `session` is null, something is left to do: send the second
/// factor if `second_factor` is there, otherwise sign in.
#[derive(Default, Serialize, ToSchema)]
#[schema(examples(json!({
    "session": session_example(),
    "second_factor": null
})))]
pub struct SignInOutcome {
    /// The tokens of your new session. Null if you are not signed in yet.
    pub session: Option<SessionTokens>,
    /// What to send the second factor with, to `POST /v1/sessions/second-factor`. Null if no
    /// second factor is needed.
    pub second_factor: Option<SecondFactorChallenge>,
}

impl From<SessionTokens> for SignInOutcome {
    fn from(tokens: SessionTokens) -> Self {
        Self {
            session: Some(tokens),
            second_factor: None,
        }
    }
}

impl From<SecondFactorChallenge> for SignInOutcome {
    fn from(needed: SecondFactorChallenge) -> Self {
        Self {
            session: None,
            second_factor: Some(needed),
        }
    }
}

/// The token of a mailed link.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "token": "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg" })))]
pub struct MailTokenRequest {
    /// The `token` of the link in the email.
    #[garde(length(bytes, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub token: String,
}

/// What happens to your other sessions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct OtherSessionsQuery {
    /// With `true` your other sessions go on. Otherwise they end.
    #[serde(default)]
    #[param(default = false)]
    pub keep_other_sessions: bool,
}

/// Your account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 1,
    "email": "ana@example.org",
    "name": "Ana Díaz",
    "time_zone": "Europe/Berlin",
    "locale": null,
    "quiet_from": "22:00",
    "quiet_until": "07:00",
    "digest_time": "08:00",
    "digest_weekday": null,
    "avatar_url": null,
    "deletion_scheduled_for": null,
    "released": null,
    "created_at": "2027-01-02T12:00:00.000Z",
    "updated_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct Account {
    /// The id of the account.
    pub id: UserId,
    /// Counts its changes; send it in `If-Match`.
    pub version: i32,
    /// The email address that you sign in with, and that your emails go to.
    pub email: String,
    /// Your name in circles that you join from now on. Each circle has its own name for you.
    pub name: String,
    /// The time zone of the times in your emails.
    pub time_zone: String,
    /// The language of your emails and pages. Null if you chose none: then emails of a circle are
    /// in the language of the circle.
    pub locale: Option<String>,
    /// When your quiet hours begin, as a time of day in your time zone. Null if you have none.
    pub quiet_from: Option<String>,
    /// When your quiet hours end. If that is earlier in the day than `quiet_from`, they go on
    /// over midnight.
    pub quiet_until: Option<String>,
    /// When your digests are sent, as a time of day in your time zone.
    pub digest_time: String,
    /// The day of the week on which your digests are sent. Null: every day.
    pub digest_weekday: Option<DigestWeekday>,
    /// Where your picture is, for an `<img>`; with `?size=small` it is smaller. Null if you have
    /// none. Do not pass it on.
    pub avatar_url: Option<String>,
    /// When the account is deleted. Null if no deletion is scheduled.
    #[serde(serialize_with = "in_milliseconds")]
    pub deletion_scheduled_for: Option<DateTime<Utc>>,
    /// What others can claim now because you released it, by circle. Null, except in the
    /// answer that schedules the deletion.
    pub released: Option<Vec<CircleReleasedItems>>,
    /// When it was created.
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

/// What you released in one of your circles.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "released": [{ "type": "task", "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f", "title": "Shopping" }]
})))]
pub struct CircleReleasedItems {
    /// The circle that it belongs to.
    pub circle_id: CircleId,
    /// The tasks, needs and roles that you released.
    pub released: Vec<ReleasedItem>,
}

impl Account {
    /// The account as its owner sees it, on the server with this address.
    pub fn of(user: user::Model, server: &str) -> Self {
        let reader = FileReader::Account(user.id);
        let address = |file| FileAddress::of(server, reader, file);
        Self {
            avatar_url: user.avatar_file_id.map(address),
            id: user.id,
            version: user.version,
            email: user.email,
            name: user.name,
            time_zone: user.time_zone,
            locale: user.locale,
            quiet_from: user.quiet_from,
            quiet_until: user.quiet_until,
            digest_time: user.digest_time,
            digest_weekday: user.digest_weekday,
            deletion_scheduled_for: user.deletion_scheduled_for,
            released: None,
            created_at: user.created_at,
            updated_at: user.updated_at,
        }
    }
}

impl Versioned for Account {
    fn version(&self) -> i32 {
        self.version
    }

    fn location(&self) -> String {
        "/v1/me".into()
    }
}
