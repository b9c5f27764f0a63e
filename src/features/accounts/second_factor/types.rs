//! The bodies that several operations on the second factor share.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::platform::text::FactorCode;
use crate::platform::time::timestamps::in_milliseconds;

/// A code from the authenticator app, and what happens to your other sessions.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "code": "042137" })))]
pub struct TotpCodeRequest {
    /// The six digits that the app shows. A recovery code can remove the app, too.
    #[garde(dive)]
    pub code: FactorCode,
    /// Whether your other sessions go on. Default: they end.
    #[serde(default)]
    #[garde(skip)]
    pub keep_other_sessions: bool,
}

/// The ticket that completes a sign-in with the second factor.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({
    "ticket": "q0TqkB9mX3v5…",
    "expires_at": "2027-01-02T12:05:00.000Z"
})))]
pub struct SecondFactorChallenge {
    /// Send it with a code to `POST /v1/sessions/second-factor`.
    pub ticket: String,
    /// When the ticket expires.
    #[serde(serialize_with = "in_milliseconds")]
    pub expires_at: DateTime<Utc>,
}

/// Codes that replace a lost authenticator app. Each works once.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({ "codes": ["0-7H3KQ-M2V9X", "1-B4T8Z-0C6RW"] })))]
pub struct RecoveryCodes {
    /// Ten codes. They are shown only once.
    pub codes: Vec<String>,
}
