//! The circle as the API shows it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::rules::CircleVerb;
use crate::entity::circle::CircleState;
use crate::entity::ids::{CircleId, MemberId};
use crate::entity::membership::AccessLevel;
use crate::http::response::Versioned;
use crate::platform::time::timestamps::in_milliseconds;

/// A circle, as you see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 1,
    "name": "Rosa",
    "alias": "Ana's circle",
    "time_zone": "Europe/Berlin",
    "locale": null,
    "patient": { "name": "Rosa", "about": null, "photo_url": null, "member_id": null },
    "my_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "my_access": "coordinator",
    "state": "active",
    "email_details_forbidden": false,
    "deputy_member_id": null,
    "actions": ["update", "invite", "propose", "pause", "mark_in_memory", "archive", "schedule_deletion", "leave"],
    "deletion_scheduled_for": null,
    "created_at": "2027-01-02T12:00:00.000Z",
    "updated_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct Circle {
    /// The id of the circle.
    pub id: CircleId,
    /// Counts its changes; send it in `If-Match`.
    pub version: i32,
    /// What the circle is called inside the app.
    pub name: String,
    /// What emails call the circle: a neutral name, never a diagnosis.
    pub alias: String,
    /// The time zone of the circle, such as `Europe/Berlin`.
    pub time_zone: String,
    /// The language of emails to members who chose none. Null for English.
    pub locale: Option<String>,
    /// The person whom the circle supports.
    pub patient: Patient,
    /// Your own id as a member of this circle.
    pub my_member_id: Option<MemberId>,
    /// Your own access level in this circle.
    pub my_access: Option<AccessLevel>,
    /// Where the circle is in its life.
    pub state: CircleState,
    /// Whether the patient forbids that emails say what they are about.
    pub email_details_forbidden: bool,
    /// The member who becomes coordinator when the last coordinator leaves or is removed.
    pub deputy_member_id: Option<MemberId>,
    /// What you can do now.
    #[schema(value_type = Vec<CircleVerb>)]
    pub actions: Vec<&'static str>,
    /// When the circle will be deleted; null if no deletion is scheduled.
    #[serde(serialize_with = "in_milliseconds")]
    pub deletion_scheduled_for: Option<DateTime<Utc>>,
    /// When it was created.
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

/// The person whom the circle supports.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "name": "Rosa", "about": null, "photo_url": null, "member_id": null })))]
pub struct Patient {
    /// What the patient likes to be called.
    pub name: String,
    /// A few words about the patient.
    pub about: Option<String>,
    /// Where the photo of the patient is, for an `<img>`; with `?size=small` it is smaller. Null if
    /// there is none. The address is yours: do not pass it on.
    pub photo_url: Option<String>,
    /// The patient's own id as a member, if they are one.
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
