//! The bodies of the second factor.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::platform::text::{FactorCode, PresentedSecret};
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

/// The ticket of the first factor, and the second.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "ticket": "q0TqkB9mX3v5…", "code": "042137" })))]
pub struct SecondFactor {
    #[garde(dive)]
    pub ticket: PresentedSecret,
    #[garde(dive)]
    pub code: FactorCode,
}

/// What it takes to sign in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "has_password": true,
    "passkeys": 1,
    "totp_added_at": "2027-01-02T12:00:00.000Z",
    "recovery_codes_left": 9
})))]
pub struct Factors {
    pub has_password: bool,
    /// How many there are.
    pub passkeys: u64,
    /// Since when an authenticator app is asked for; null if none is.
    #[serde(serialize_with = "in_milliseconds")]
    pub totp_added_at: Option<DateTime<Utc>>,
    pub recovery_codes_left: u64,
}

/// The secret of an authenticator app, shown once.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({
    "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "uri": "otpauth://totp/Kith:ana%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Kith"
})))]
pub struct TotpEnrolment {
    /// In base 32, to be typed.
    pub secret: String,
    /// What a QR code for authenticator apps holds.
    pub uri: String,
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

/// What the authenticator app shows.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "code": "042137" })))]
pub struct TotpCode {
    /// Six digits.
    #[garde(dive)]
    pub code: FactorCode,
}
