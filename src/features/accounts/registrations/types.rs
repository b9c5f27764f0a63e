//! The bodies that several operations on registrations share.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::entity::ids::RegistrationId;
use crate::platform::time::timestamps::in_milliseconds;

/// The registration in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct RegistrationPath {
    /// The id of the registration.
    #[param(inline)]
    pub registration_id: RegistrationId,
}

/// A registration that waits for its confirmation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-4cc0-8f0e-3c1f6a1b2c3d",
    "code_expires_at": "2027-01-02T12:15:00.000Z",
    "expires_at": "2027-01-03T12:00:00.000Z"
})))]
pub struct Registration {
    /// The id of the registration.
    pub id: RegistrationId,
    /// When the code in the email expires.
    #[serde(serialize_with = "in_milliseconds")]
    pub code_expires_at: DateTime<Utc>,
    /// When the link in the email expires.
    #[serde(serialize_with = "in_milliseconds")]
    pub expires_at: DateTime<Utc>,
}
