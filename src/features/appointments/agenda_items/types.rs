//! The bodies about the agenda of a family meeting.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::rules::AgendaItemVerb;
use crate::access::versioned;
use crate::entity::agenda_item::MeetingAgendaItemState;
use crate::entity::ids::{AgendaItemId, AppointmentId, CircleId, MemberId};
use crate::platform::time::timestamps::in_milliseconds;

/// The agenda item in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct AgendaItemPath {
    /// The id of the agenda item.
    #[param(inline)]
    pub agenda_item_id: AgendaItemId,
}

/// An item on the agenda of a family meeting.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c60",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 1,
    "appointment_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c50",
    "title": "Who stays over at weekends",
    "position": 1,
    "notes": null,
    "outcome": null,
    "truncated_fields": [],
    "state": "open",
    "actions": ["update", "discuss", "postpone", "delete"],
    "created_at": "2027-01-01T11:00:00.000Z",
    "created_by_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "updated_at": "2027-01-01T11:00:00.000Z"
})))]
pub struct MeetingAgendaItem {
    /// The id of the agenda item.
    pub id: AgendaItemId,
    /// The circle that it belongs to.
    pub circle_id: CircleId,
    /// Counts its changes; send it in `If-Match`.
    pub version: i32,
    /// The family meeting.
    pub appointment_id: AppointmentId,
    /// What is to be discussed.
    pub title: String,
    /// Where it stands on the agenda: small numbers come first.
    pub position: i32,
    /// What else to know.
    pub notes: Option<String>,
    /// What the family decided or found out.
    pub outcome: Option<String>,
    /// The names of the texts that are cut after 500 characters. Only lists cut texts:
    /// get the agenda item alone for the whole text.
    pub truncated_fields: Vec<&'static str>,
    /// The state of the agenda item.
    pub state: MeetingAgendaItemState,
    /// What you can do now.
    #[schema(value_type = Vec<AgendaItemVerb>)]
    pub actions: Vec<&'static str>,
    /// When it was created.
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// The member who added it.
    pub created_by_member_id: Option<MemberId>,
    /// When it was last changed.
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

versioned!(MeetingAgendaItem in "agenda-items");
