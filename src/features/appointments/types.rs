//! The bodies about appointments.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::versioned;
use crate::entity::appointment::{AppointmentKind, AppointmentState};
use crate::entity::attendance::AttendanceAnswer;
use crate::entity::ids::{AppointmentId, CircleId, MemberId};
use crate::entity::topic_grant::Topic;
use crate::features::needs::Need;
use crate::platform::time::civil::{Day, WallTime};
use crate::platform::time::timestamps::in_milliseconds;

/// The appointment in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct AppointmentPath {
    /// The appointment.
    #[param(inline)]
    pub appointment_id: AppointmentId,
}

/// Who is asked to come, or not any more.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "member_ids": ["0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e"] })))]
pub struct AttendeeIds {
    #[garde(length(min = 1, max = 50))]
    #[schema(min_items = 1, max_items = 50)]
    pub member_ids: Vec<MemberId>,
}

/// An appointment, as its reader sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c50",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 1,
    "kind": "medical",
    "title": "Blood count",
    "topic": "health",
    "starts_on": null,
    "starts_local": "2027-01-02T10:00",
    "ends_local": "2027-01-02T10:30",
    "time_zone": "Europe/Berlin",
    "starts_at": "2027-01-02T09:00:00.000Z",
    "ends_at": "2027-01-02T09:30:00.000Z",
    "location": "Ward 3, Hill Street Clinic",
    "video_link": null,
    "preparation": "Come fasting.",
    "outcome": null,
    "truncated": [],
    "reminder_minutes": [1440, 120],
    "state": "scheduled",
    "schedule_version": 1,
    "attendees": [{
        "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
        "name": "Ben Díaz",
        "answer": "needs_action",
        "updated_at": "2027-01-01T12:00:00.000Z"
    }],
    "my_answer": null,
    "needs": [],
    "actions": ["change", "reschedule", "cancel", "complete", "did_not_happen", "invite", "uninvite", "answer", "add_need"],
    "created_at": "2027-01-01T11:00:00.000Z",
    "created_by": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "updated_at": "2027-01-01T12:00:00.000Z"
})))]
pub struct Appointment {
    pub id: AppointmentId,
    pub circle_id: CircleId,
    pub version: i32,
    pub kind: AppointmentKind,
    pub title: String,
    pub topic: Topic,
    /// The day, when it takes all of it.
    pub starts_on: Option<Day>,
    /// The wall time at which it starts, in `time_zone`.
    pub starts_local: Option<WallTime>,
    pub ends_local: Option<WallTime>,
    pub time_zone: Option<String>,
    /// The instant of `starts_local`.
    #[serde(serialize_with = "in_milliseconds")]
    pub starts_at: Option<DateTime<Utc>>,
    /// The instant of `ends_local`.
    #[serde(serialize_with = "in_milliseconds")]
    pub ends_at: Option<DateTime<Utc>>,
    pub location: Option<String>,
    pub video_link: Option<String>,
    /// What to bring and to prepare.
    pub preparation: Option<String>,
    /// What came out of it.
    pub outcome: Option<String>,
    /// The texts of which a list shows only the first 500 characters: read it alone
    /// for the whole. Empty then.
    pub truncated: Vec<&'static str>,
    /// Minutes before the start at which whoever is part of it is reminded.
    pub reminder_minutes: Vec<i32>,
    pub state: AppointmentState,
    /// Counts the moves of the time.
    pub schedule_version: i32,
    pub attendees: Vec<Attendee>,
    /// What the reader answered.
    pub my_answer: Option<AttendanceAnswer>,
    /// What it needs of others, as far as the reader sees everyday things.
    pub needs: Vec<Need>,
    /// What the reader may do now: `change`, `reschedule`, `confirm`, `cancel`,
    /// `reinstate`, `complete`, `did_not_happen`, `invite`, `uninvite`, `answer`, `add_need`.
    pub actions: Vec<&'static str>,
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    pub created_by: Option<MemberId>,
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

/// Somebody who is asked to come.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "name": "Ben Díaz",
    "answer": "accepted",
    "updated_at": "2027-01-01T12:00:00.000Z"
})))]
pub struct Attendee {
    pub member_id: MemberId,
    /// The member's name.
    pub name: String,
    pub answer: AttendanceAnswer,
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

versioned!(Appointment in "appointments");
