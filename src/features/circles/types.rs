//! The circle as the API shows it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::entity::ids::{CircleId, MemberId};
use crate::entity::membership::Access;
use crate::http::response::Versioned;
use crate::platform::time::timestamps::in_milliseconds;

/// A family circle, as its reader sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 1,
    "name": "Rosa",
    "alias": "Ana's circle",
    "time_zone": "Europe/Berlin",
    "patient": { "name": "Rosa", "about": null, "member_id": null },
    "my_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "my_access": "coordinator",
    "actions": ["change", "invite", "delete", "leave"],
    "erase_at": null,
    "created_at": "2027-01-02T12:00:00.000Z",
    "updated_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct Circle {
    pub id: CircleId,
    pub version: i32,
    pub name: String,
    /// The neutral label that mails use.
    pub alias: String,
    pub time_zone: String,
    pub patient: Patient,
    pub my_member_id: Option<MemberId>,
    pub my_access: Option<Access>,
    /// What the reader may do with it now: `change`, `invite`, `delete`, `keep`, `leave`.
    pub actions: Vec<&'static str>,
    /// When it is going to be erased, if somebody asked for that.
    #[serde(serialize_with = "in_milliseconds")]
    pub erase_at: Option<DateTime<Utc>>,
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

/// The person the circle formed around.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "name": "Rosa", "about": null, "member_id": null })))]
pub struct Patient {
    pub name: String,
    pub about: Option<String>,
    /// The patient's own membership, once they have one.
    pub member_id: Option<MemberId>,
}

impl Versioned for Circle {
    fn version(&self) -> i32 {
        self.version
    }

    fn location(&self) -> String {
        format!("/v1/circles/{}", self.id)
    }
}
