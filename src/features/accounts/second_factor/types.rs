//! The bodies that several operations on the second factor share.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::platform::text::FactorCode;
use crate::platform::time::timestamps::in_milliseconds;

/// What still lacks to sign in.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({
    "ticket": "q0TqkB9mX3v5…",
    "expires_at": "2027-01-02T12:05:00.000Z"
})))]
pub struct SecondFactorNeeded {
    /// Send it with the second factor.
    pub ticket: String,
    #[serde(serialize_with = "in_milliseconds")]
    pub expires_at: DateTime<Utc>,
}

/// A code of the authenticator app.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "code": "042137" })))]
pub struct TotpConfirmation {
    /// Six digits; to remove the app, also a recovery code.
    #[garde(dive)]
    pub code: FactorCode,
    /// Whether other devices stay signed in.
    #[serde(default)]
    #[garde(skip)]
    pub keep_other_sessions: bool,
}

/// Codes that stand in for a lost authenticator app, each once.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({ "codes": ["0-7H3KQ-M2V9X", "1-B4T8Z-0C6RW"] })))]
pub struct RecoveryCodes {
    /// Ten; shown now and never again.
    pub codes: Vec<String>,
}
