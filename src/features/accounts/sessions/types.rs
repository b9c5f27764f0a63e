//! The bodies that several operations on sessions share.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::entity::ids::SessionId;
use crate::entity::session;
use crate::platform::time::timestamps::in_milliseconds;

/// The session in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SessionPath {
    /// The id of the session.
    #[param(inline)]
    pub session_id: SessionId,
}

/// A device that is signed in to your account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "device_label": "Ana's phone",
    "created_at": "2027-01-02T12:00:00.000Z",
    "last_used_at": "2027-01-05T09:30:00.000Z",
    "is_current": true
})))]
pub struct Session {
    /// The id of the session.
    pub id: SessionId,
    /// What the device is called.
    pub device_label: Option<String>,
    /// When it was created.
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// When the session was last used, accurate to ten minutes.
    #[serde(serialize_with = "in_milliseconds")]
    pub last_used_at: DateTime<Utc>,
    /// Whether it is the session of this request.
    pub is_current: bool,
}

impl Session {
    /// As the device with the session `current` sees it.
    pub fn of(row: session::Model, current: SessionId) -> Self {
        Self {
            id: row.id,
            device_label: row.device_label,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            is_current: row.id == current,
        }
    }
}
