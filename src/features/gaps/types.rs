//! The bodies about gaps.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::entity::ids::{CircleId, MemberId};
use crate::entity::topic_grant::Topic;
use crate::entity::wire_enum;
use crate::http::pagination::page_of;
use crate::platform::time::civil::{Day, WallTime};
use crate::platform::time::timestamps::in_milliseconds;
use crate::row::Row;

wire_enum! {
    /// What it is that needs somebody.
    GapType {
        /// An open task that needs more people.
        Task = "task",
        /// A need that needs more people.
        Need = "need",
        /// An appointment to which everybody who was asked said no.
        Appointment = "appointment",
        /// A role that nobody carries, or only members who hand it over or are away now.
        Role = "role",
    }
}

/// Something that still needs somebody.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "type": "task",
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f",
    "series_id": null,
    "original_on": null,
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "title": "Pick up the prescription",
    "kind": "medication",
    "topic": "health",
    "people_missing": 1,
    "uncovered_since_at": "2027-01-01T11:00:00.000Z",
    "asked": [{
        "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
        "name": "Ben Díaz",
        "asked_at": "2027-01-01T12:00:00.000Z"
    }],
    "starts_on": null,
    "ends_on": null,
    "starts_local": null,
    "ends_local": "2027-01-02T17:30",
    "time_zone": "Europe/Berlin",
    "starts_at": null,
    "ends_at": "2027-01-02T16:30:00.000Z"
})))]
pub struct Gap {
    /// What it is.
    #[serde(rename = "type")]
    pub kind_of_gap: GapType,
    /// The id of the task, the need, the appointment or the role.
    pub id: Uuid,
    /// The series whose task or appointment it is; null if it does not repeat, and for a need and a
    /// role.
    pub series_id: Option<Uuid>,
    /// The date that the series gives it.
    pub original_on: Option<Day>,
    /// The circle that it belongs to.
    pub circle_id: CircleId,
    /// What it is called; null for a need: see `kind`.
    pub title: Option<String>,
    /// The category of a task, or the kind of a need, an appointment or a role.
    pub kind: String,
    /// What it is about; null for a role, which every member sees.
    pub topic: Option<Topic>,
    /// How many more people it needs.
    pub people_missing: i32,
    /// Since when it needs somebody: since a member last released it, wanted to hand it over or was
    /// going to be away, or since it was created.
    #[serde(serialize_with = "in_milliseconds")]
    pub uncovered_since_at: DateTime<Utc>,
    /// Who was asked and has not answered yet, the earliest first.
    pub asked: Vec<AskedMember>,
    /// The date, if it takes all day.
    pub starts_on: Option<Day>,
    /// The last date, if the item takes several days.
    pub ends_on: Option<Day>,
    /// The local time at which it starts, in `time_zone`. For a task: from which it can
    /// be done.
    pub starts_local: Option<WallTime>,
    /// The local time at which it ends, in `time_zone`. For a task: when it is due.
    pub ends_local: Option<WallTime>,
    /// The time zone of the local times.
    pub time_zone: Option<String>,
    /// The moment of the start, if it has one.
    #[serde(serialize_with = "in_milliseconds")]
    pub starts_at: Option<DateTime<Utc>>,
    /// The moment of the end, if it has one.
    #[serde(serialize_with = "in_milliseconds")]
    pub ends_at: Option<DateTime<Utc>>,
}

page_of!(GapPage, Gap);

/// A member who was asked and has not answered yet.
#[derive(Clone, Debug, Serialize, ToSchema, Row)]
#[schema(examples(json!({
    "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "name": "Ben Díaz",
    "asked_at": "2027-01-01T12:00:00.000Z"
})))]
pub struct AskedMember {
    /// The id of the member.
    pub member_id: MemberId,
    /// The name of the member.
    pub name: String,
    /// When the member was asked.
    #[serde(serialize_with = "in_milliseconds")]
    pub asked_at: DateTime<Utc>,
}
