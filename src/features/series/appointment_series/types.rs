//! The bodies about series of appointments.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::rules::AppointmentSeriesVerb;
use crate::access::{MemberIdOrMe, versioned};
use crate::entity::appointment::AppointmentKind;
use crate::entity::attendance::AttendeeResponse;
use crate::entity::ids::{AppointmentSeriesId, CircleId, MemberId};
use crate::entity::need::NeedKind;
use crate::entity::task_series::SeriesState;
use crate::entity::topic_grant::Topic;
use crate::features::needs::need_body;
use crate::platform::time::civil::{Day, WallTime};
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;
use crate::schedule::When;

/// The series of appointments in the path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct AppointmentSeriesPath {
    /// The id of the series.
    #[param(inline)]
    pub appointment_series_id: AppointmentSeriesId,
}

/// The attendee of a series in the path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SeriesAttendeePath {
    /// The id of the series.
    #[param(inline)]
    pub appointment_series_id: AppointmentSeriesId,
    /// The id of the member, or `me` for yourself.
    #[param(inline)]
    pub member_id: MemberIdOrMe,
}

need_body! {
    /// Help that each appointment of a series needs.
    #[schema(examples(json!({ "kind": "driver", "pickup_location": "At home", "starts_local": "2027-01-05T07:15" })))]
    pub struct NewSeriesNeed {}
}

impl NewSeriesNeed {
    /// When it is, for the first appointment.
    pub(super) fn when(&self, first: &When, circle_zone: &str) -> Result<When, Problem> {
        self.time(first, circle_zone)
    }
}

/// A series of appointments, as you see it. Its occurrences are appointments with its id in
/// `series_id`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c60",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "version": 1,
    "kind": "treatment",
    "title": "Dialysis",
    "topic": "health",
    "starts_on": null,
    "ends_on": null,
    "starts_local": "2027-01-05T08:00",
    "ends_local": "2027-01-05T12:30",
    "time_zone": "Europe/Berlin",
    "recurrence": "FREQ=WEEKLY;BYDAY=TU",
    "last_on": null,
    "location": "Hill Street Clinic",
    "video_link": null,
    "care_contact_name": null,
    "care_contact_phone": null,
    "preparation": "A warm blanket.",
    "truncated_fields": [],
    "reminder_minutes": [1440, 120],
    "reminders_off": false,
    "needs": [{
        "kind": "driver",
        "people_needed": 1,
        "pickup_location": "At home",
        "dropoff_location": null,
        "notes": null,
        "starts_local": "2027-01-05T07:15",
        "ends_local": null
    }],
    "attendees": [{
        "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
        "name": "Ben Díaz",
        "response": "accepted"
    }],
    "my_response": "accepted",
    "state": "active",
    "appointments_until_on": "2027-03-04",
    "previous_series_id": null,
    "actions": ["update", "pause", "end", "respond"],
    "created_at": "2027-01-01T11:00:00.000Z",
    "created_by_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "updated_at": "2027-01-01T12:00:00.000Z"
})))]
pub struct AppointmentSeries {
    /// The id of the series.
    pub id: AppointmentSeriesId,
    /// The circle that it belongs to.
    pub circle_id: CircleId,
    /// Counts its changes; send it in `If-Match`.
    pub version: i32,
    /// What kind of appointment it is.
    pub kind: AppointmentKind,
    /// What the appointments are called.
    pub title: String,
    /// What they are about; decides who sees the series and its appointments.
    pub topic: Topic,
    /// The date of the first appointment, if it takes all day.
    pub starts_on: Option<Day>,
    /// The last date of the first appointment, if it takes several days.
    pub ends_on: Option<Day>,
    /// The local time at which the first appointment starts, in `time_zone`.
    pub starts_local: Option<WallTime>,
    /// The local time at which the first appointment ends, in `time_zone`.
    pub ends_local: Option<WallTime>,
    /// The time zone of the local times.
    pub time_zone: Option<String>,
    /// The rule by which it repeats, in one spelling: the parts in a fixed order, and the days that
    /// follow from the first date.
    pub recurrence: String,
    /// The date of the last appointment, if the rule ends.
    pub last_on: Option<Day>,
    /// Where they take place.
    pub location: Option<String>,
    /// The web address of a video call.
    pub video_link: Option<String>,
    /// The person or place of the care team whom to ask for.
    pub care_contact_name: Option<String>,
    /// The phone number of the care contact.
    pub care_contact_phone: Option<String>,
    /// What to bring and to prepare.
    pub preparation: Option<String>,
    /// The names of the texts that are cut after 500 characters. Only lists cut texts:
    /// get the series alone for the whole text.
    pub truncated_fields: Vec<&'static str>,
    /// When attendees are reminded, in minutes before the start.
    pub reminder_minutes: Vec<i32>,
    /// Whether nobody is reminded. Then `reminder_minutes` is empty.
    pub reminders_off: bool,
    /// The help that each appointment needs; empty if you do not see the topic `daily`.
    pub needs: Vec<SeriesNeed>,
    /// The members who are asked to come to each appointment.
    pub attendees: Vec<SeriesAttendee>,
    /// Your own response to the whole series; null if you are not asked to come.
    pub my_response: Option<AttendeeResponse>,
    /// The state of the series.
    pub state: SeriesState,
    /// The date up to which its appointments exist. The server makes more as time passes.
    pub appointments_until_on: Day,
    /// The series that it continues, if a series was changed from a date on.
    pub previous_series_id: Option<AppointmentSeriesId>,
    /// What you can do now.
    #[schema(value_type = Vec<AppointmentSeriesVerb>)]
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

/// Help that each appointment of a series needs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "kind": "driver",
    "people_needed": 1,
    "pickup_location": "At home",
    "dropoff_location": null,
    "notes": null,
    "starts_local": "2027-01-05T07:15",
    "ends_local": null
})))]
pub struct SeriesNeed {
    /// The kind of help.
    pub kind: NeedKind,
    /// How many members are needed.
    pub people_needed: i32,
    /// Where to pick somebody up.
    pub pickup_location: Option<String>,
    /// Where to take them.
    pub dropoff_location: Option<String>,
    /// What else to know.
    pub notes: Option<String>,
    /// The local time at which it starts, for the first appointment; null: together with the
    /// appointment.
    pub starts_local: Option<WallTime>,
    /// The local time at which it ends, for the first appointment.
    pub ends_local: Option<WallTime>,
}

/// A member who is asked to come to each appointment of a series.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "name": "Ben Díaz",
    "response": "accepted"
})))]
pub struct SeriesAttendee {
    /// The id of the member.
    pub member_id: MemberId,
    /// The member's name.
    pub name: String,
    /// The member's response to the whole series, with which each new appointment begins. Each
    /// appointment has responses of its own.
    pub response: AttendeeResponse,
}

versioned!(AppointmentSeries in "appointment-series");
