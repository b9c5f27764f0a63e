//! The bodies about appointments.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::change_log::merge_patch;
use crate::entity::appointment::{self, AppointmentKind, AppointmentState};
use crate::entity::attendance::AttendanceAnswer;
use crate::entity::ids::{AppointmentId, CircleId, MemberId};
use crate::entity::topic_grant::Topic;
use crate::features::needs::Need;
use crate::http::pagination::{list_query, page_of};
use crate::http::response::Resource;
use crate::notify::reminders::offsets_json;
use crate::platform::text::{Notes, Place, ReminderMinutes, Title, VideoLink};
use crate::platform::time::civil::{Day, Instant, WallTime, ZoneName, named_or_unknown};
use crate::platform::time::timestamps::in_milliseconds;

/// The appointment in a path.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct AppointmentPath {
    /// The appointment.
    #[param(inline)]
    pub appointment_id: AppointmentId,
}

list_query! {
    /// Which appointments.
    pub struct AppointmentQuery {
        /// Only appointments in one of these states.
        #[serde(default)]
        #[param(inline)]
        pub state: Vec<AppointmentState>,
        /// Only appointments of one of these kinds.
        #[serde(default)]
        #[param(inline)]
        pub kind: Vec<AppointmentKind>,
        /// Only appointments that this member is part of, whatever they answered.
        #[param(inline)]
        pub attendee: Option<MemberId>,
        /// Only appointments that are not over at this moment: they start at it or later, or end
        /// later. What takes all day counts until its date is over in your own time zone.
        #[param(inline)]
        pub from: Option<Instant>,
        /// Only appointments that start before this moment. What takes all day starts with the
        /// midnight of its date in your own time zone.
        #[param(inline)]
        pub to: Option<Instant>,
        /// Default: `starts`.
        #[param(inline)]
        pub sort: Option<AppointmentSort>,
    }
}

/// In which order appointments are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
pub enum AppointmentSort {
    /// Soonest first.
    #[serde(rename = "starts")]
    Starts,
    /// Latest first.
    #[serde(rename = "-starts")]
    StartsLast,
}

/// An appointment to be: a title, and a start or a day.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "title": "Blood count",
    "kind": "medical",
    "starts_local": "2027-01-02T10:00",
    "ends_local": "2027-01-02T10:30",
    "time_zone": "Europe/Berlin",
    "location": "Ward 3, Hill Street Clinic"
})))]
pub struct NewAppointment {
    /// An id of your own choice, any UUID, so that repeating the request is harmless.
    #[serde(default)]
    #[garde(skip)]
    pub id: Option<AppointmentId>,
    #[garde(dive)]
    pub title: Title,
    #[serde(default = "other")]
    #[garde(skip)]
    #[schema(default = json!("other"))]
    pub kind: AppointmentKind,
    /// Default: by kind.
    #[serde(default)]
    #[garde(skip)]
    pub topic: Option<Topic>,
    /// The day, when it takes all of it.
    #[serde(default)]
    #[garde(dive)]
    pub starts_on: Option<Day>,
    /// The wall time at which it starts; not together with `starts_on`.
    #[serde(default)]
    #[garde(dive)]
    pub starts_local: Option<WallTime>,
    #[serde(default)]
    #[garde(dive)]
    pub ends_local: Option<WallTime>,
    /// Where the wall times are meant. Default: the circle's zone.
    #[serde(default, deserialize_with = "named_or_unknown")]
    #[garde(dive)]
    pub time_zone: Option<ZoneName>,
    #[serde(default)]
    #[garde(dive)]
    pub location: Option<Place>,
    #[serde(default)]
    #[garde(dive)]
    pub video_link: Option<VideoLink>,
    /// What to bring and to prepare.
    #[serde(default)]
    #[garde(dive)]
    pub preparation: Option<Notes>,
    /// When to remind whoever is part of it: minutes before the start; a day
    /// counts as 09:00. Default: a day and two hours before.
    #[serde(default)]
    #[garde(length(max = 5), dive)]
    #[schema(max_items = 5)]
    pub reminder_minutes: Option<Vec<ReminderMinutes>>,
    /// Who is asked to come; they must see the topic. Default: the patient if
    /// they are in the circle, else whoever schedules it, who then comes.
    #[serde(default)]
    #[garde(length(max = 50))]
    #[schema(max_items = 50)]
    pub attendee_ids: Option<Vec<MemberId>>,
    /// Not fixed yet: nobody is reminded before it is confirmed.
    #[serde(default)]
    #[garde(skip)]
    pub proposed: bool,
}

fn other() -> AppointmentKind {
    AppointmentKind::Other
}

merge_patch! {
    /// What to change of an appointment, but its time: that is rescheduled.
    #[schema(examples(json!({ "location": "Ward 5, Hill Street Clinic" })))]
    pub struct AppointmentChanges for appointment {
        #[garde(dive)]
        title: Title,
        #[garde(skip)]
        kind: AppointmentKind,
        #[garde(skip)]
        topic: Topic,
        #[garde(dive)]
        location: Place | null,
        #[garde(dive)]
        video_link: VideoLink | null,
        #[garde(dive)]
        preparation: Notes | null,
        #[garde(length(max = 5), dive)]
        #[schema(max_items = 5)]
        reminder_minutes: Vec<ReminderMinutes> as offsets_json,
    }
}

/// Another time.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "starts_local": "2027-01-03T15:30", "ends_local": "2027-01-03T16:00" })))]
pub struct NewTime {
    /// The day, when it takes all of it.
    #[serde(default)]
    #[garde(dive)]
    pub starts_on: Option<Day>,
    /// The wall time at which it starts; not together with `starts_on`.
    #[serde(default)]
    #[garde(dive)]
    pub starts_local: Option<WallTime>,
    /// Default: it takes as long as before; null: it has no end.
    #[serde(default, with = "serde_with::rust::double_option")]
    #[garde(dive)]
    #[schema(value_type = Option<WallTime>)]
    pub ends_local: Option<Option<WallTime>>,
    /// Where the wall times are meant. Default: as before, or the circle's zone.
    #[serde(default, deserialize_with = "named_or_unknown")]
    #[garde(dive)]
    pub time_zone: Option<ZoneName>,
}

/// What came out of an appointment.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "outcome": "Values are fine. Next check in four weeks." })))]
pub struct AppointmentOutcome {
    #[serde(default)]
    #[garde(dive)]
    pub outcome: Option<Notes>,
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

/// Whether you come.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "answer": "accepted" })))]
pub struct NewAnswer {
    #[garde(skip)]
    pub answer: AttendanceAnswer,
    /// Without it, something you have taken on for the same time is a conflict with
    /// `accepted`.
    #[serde(default)]
    #[garde(skip)]
    pub allow_overlap: bool,
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

impl Resource for Appointment {
    fn version(&self) -> i32 {
        self.version
    }

    fn location(&self) -> String {
        format!("/v1/circles/{}/appointments/{}", self.circle_id, self.id)
    }
}

page_of!(AppointmentPage, Appointment);
