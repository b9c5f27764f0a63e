//! The bodies of a calendar.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::entity::ids::{CircleId, MemberId};
use crate::entity::topic_grant::Topic;
use crate::entity::wire_enum;
use crate::features::participation::Coverage;
use crate::http::pagination::page_of;
use crate::platform::time::civil::{Day, WallTime};
use crate::platform::time::timestamps::in_milliseconds;
use crate::row::Row;

wire_enum! {
    /// What an item on a calendar is.
    CalendarItemType {
        /// A task with a due time.
        Task = "task",
        /// An appointment.
        Appointment = "appointment",
        /// A need. It is shown without its appointment.
        Need = "need",
    }
}

/// A task, an appointment or a need on a calendar.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "type": "need",
    "projected": false,
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c51",
    "series_id": null,
    "original_on": null,
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "circle_name": "Rosa",
    "title": null,
    "kind": "driver",
    "topic": "daily",
    "state": "open",
    "coverage": "full",
    "my_state": null,
    "held_by": [{ "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e", "name": "Ben Díaz" }],
    "starts_on": null,
    "ends_on": null,
    "starts_local": "2027-01-02T09:15",
    "ends_local": "2027-01-02T09:45",
    "time_zone": "Europe/Berlin",
    "starts_at": "2027-01-02T08:15:00.000Z",
    "ends_at": "2027-01-02T08:45:00.000Z"
})))]
pub struct CalendarItem {
    /// What the item is.
    #[serde(rename = "type")]
    pub kind_of_item: CalendarItemType,
    /// Whether the item is computed from its series, because it lies further ahead than the server
    /// makes tasks and appointments. It has no id yet, and nobody has it yet.
    pub projected: bool,
    /// The id of the task, the appointment or the need; null if it is projected.
    pub id: Option<Uuid>,
    /// The series whose occurrence the item is; null if it does not repeat, and for a need.
    pub series_id: Option<Uuid>,
    /// The date that the series gives it. Together with `series_id` it names the occurrence.
    pub original_on: Option<Day>,
    /// The circle that it belongs to.
    pub circle_id: CircleId,
    /// The name of that circle.
    pub circle_name: String,
    /// What the item is called; null for a need: see `kind`.
    pub title: Option<String>,
    /// The category of a task, or the kind of an appointment or a need.
    pub kind: String,
    /// What the item is about.
    pub topic: Topic,
    /// The state of the task, the appointment or the need.
    pub state: String,
    /// Whether enough members have claimed it; null for an appointment, and if the item is projected.
    pub coverage: Option<Coverage>,
    /// The state of your own part: of your assignment, or of your response to an appointment.
    /// Null if you have none.
    pub my_state: Option<String>,
    /// Who has claimed or done it, or is coming, the earliest first.
    pub held_by: Vec<CalendarPerson>,
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

page_of!(CalendarItemPage, CalendarItem);

/// A member who has an item on a calendar, or comes to it.
#[derive(Clone, Debug, Serialize, ToSchema, Row)]
#[schema(examples(json!({ "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e", "name": "Ben Díaz" })))]
pub struct CalendarPerson {
    /// The id of the member.
    pub member_id: MemberId,
    /// The name of the member.
    pub name: String,
}
