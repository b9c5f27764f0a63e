//! The schemas of appointments.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::rules::AppointmentVerb;
use crate::access::{MemberIdOrMe, versioned};
use crate::entity::appointment::{AppointmentKind, AppointmentState};
use crate::entity::attendance::AttendeeResponse;
use crate::entity::ids::{AppointmentId, AppointmentSeriesId, CircleId, MemberId, ThreadId};
use crate::entity::topic_grant::Topic;
use crate::features::needs::Need;
use crate::platform::time::civil::{Day, WallTime};
use crate::platform::time::timestamps::in_milliseconds;

/// The appointment in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct AppointmentPath {
    /// The id of the appointment.
    #[param(inline)]
    pub appointment_id: AppointmentId,
}

/// The attendee in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct AttendeePath {
    /// The id of the appointment.
    #[param(inline)]
    pub appointment_id: AppointmentId,
    /// The id of the member, or `me` for yourself.
    #[param(inline)]
    pub member_id: MemberIdOrMe,
}

/// The members to add as attendees.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "member_ids": ["0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e"] })))]
pub struct AddAttendeesRequest {
    /// The ids of the members.
    #[garde(length(min = 1, max = 50))]
    #[schema(min_items = 1, max_items = 50)]
    pub member_ids: Vec<MemberId>,
}

/// An appointment, as you see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c50",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 1,
    "series_id": null,
    "original_on": null,
    "is_exception": false,
    "kind": "medical",
    "title": "Blood count",
    "topic": "health",
    "starts_on": null,
    "ends_on": null,
    "starts_local": "2027-01-02T10:00",
    "ends_local": "2027-01-02T10:30",
    "time_zone": "Europe/Berlin",
    "starts_at": "2027-01-02T09:00:00.000Z",
    "ends_at": "2027-01-02T09:30:00.000Z",
    "location": "Ward 3, Hill Street Clinic",
    "video_link": null,
    "care_contact_name": "Dr. Weber, oncology",
    "care_contact_phone": "+49 30 1234567",
    "preparation": "Come fasting.",
    "outcome": null,
    "truncated_fields": [],
    "reminder_minutes": [1440, 120],
    "reminders_off": false,
    "state": "scheduled",
    "schedule_version": 1,
    "attendees": [{
        "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
        "name": "Ben Díaz",
        "response": "no_response",
        "updated_at": "2027-01-01T12:00:00.000Z"
    }],
    "my_response": null,
    "needs": [],
    "thread_id": null,
    "comment_count": 0,
    "actions": ["update", "reschedule", "cancel", "complete", "mark_missed", "add_attendees", "remove_attendee", "respond", "create_need", "create_comment"],
    "created_at": "2027-01-01T11:00:00.000Z",
    "created_by_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "updated_at": "2027-01-01T12:00:00.000Z"
})))]
pub struct Appointment {
    /// The id of the appointment.
    pub id: AppointmentId,
    /// The circle that it belongs to.
    pub circle_id: CircleId,
    /// Counts its changes; send it in `If-Match`.
    pub version: i32,
    /// The series whose occurrence it is; null if it does not repeat.
    pub series_id: Option<AppointmentSeriesId>,
    /// The date that the series gives it. It stays when the appointment gets another time.
    pub original_on: Option<Day>,
    /// Whether it was changed or canceled by itself, so that its series leaves it alone.
    pub is_exception: bool,
    /// What kind of appointment it is.
    pub kind: AppointmentKind,
    /// What the appointment is called.
    pub title: String,
    /// What it is about; decides who sees it.
    pub topic: Topic,
    /// The date, if it takes all day.
    pub starts_on: Option<Day>,
    /// The last date, if it takes several days.
    pub ends_on: Option<Day>,
    /// The local time at which it starts, in `time_zone`; null if it takes all day.
    pub starts_local: Option<WallTime>,
    /// The local time at which it ends, in `time_zone`; null if it has no end.
    pub ends_local: Option<WallTime>,
    /// The time zone of the local times; null if it takes all day.
    pub time_zone: Option<String>,
    /// The instant of `starts_local`.
    #[serde(serialize_with = "in_milliseconds")]
    pub starts_at: Option<DateTime<Utc>>,
    /// The instant of `ends_local`.
    #[serde(serialize_with = "in_milliseconds")]
    pub ends_at: Option<DateTime<Utc>>,
    /// Where it takes place.
    pub location: Option<String>,
    /// The web address of a video call.
    pub video_link: Option<String>,
    /// The person or place of the care team whom to ask for.
    pub care_contact_name: Option<String>,
    /// The phone number of the care contact.
    pub care_contact_phone: Option<String>,
    /// What to bring and to prepare.
    pub preparation: Option<String>,
    /// What came out of it.
    pub outcome: Option<String>,
    /// The names of the texts that a list shortens to 500 characters. Get the appointment by its id
    /// to read them whole; then this is empty.
    pub truncated_fields: Vec<&'static str>,
    /// When its attendees are reminded, in minutes before the start.
    pub reminder_minutes: Vec<i32>,
    /// Whether nobody is reminded. Then `reminder_minutes` is empty.
    pub reminders_off: bool,
    /// The state of the appointment.
    pub state: AppointmentState,
    /// Counts how often its start was changed.
    pub schedule_version: i32,
    /// The members who are asked to come or have responded.
    pub attendees: Vec<Attendee>,
    /// Your response; null if you are no attendee.
    pub my_response: Option<AttendeeResponse>,
    /// The help that it needs; empty if you do not see the topic `daily`.
    pub needs: Vec<Need>,
    /// The thread of its comments; null if it has none.
    pub thread_id: Option<ThreadId>,
    /// How many comments it has. Deleted comments do not count.
    pub comment_count: i64,
    /// What you can do now.
    #[schema(value_type = Vec<AppointmentVerb>)]
    pub actions: Vec<&'static str>,
    /// When it was created.
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// The member who created it.
    pub created_by_member_id: Option<MemberId>,
    /// When it was last changed.
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

/// A member who is asked to come to an appointment, or has responded to it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "name": "Ben Díaz",
    "response": "accepted",
    "updated_at": "2027-01-01T12:00:00.000Z"
})))]
pub struct Attendee {
    /// The id of the member.
    pub member_id: MemberId,
    /// The member's name.
    pub name: String,
    /// The member's response.
    pub response: AttendeeResponse,
    /// When it was last changed.
    #[serde(serialize_with = "in_milliseconds")]
    pub updated_at: DateTime<Utc>,
}

versioned!(Appointment in "appointments");
