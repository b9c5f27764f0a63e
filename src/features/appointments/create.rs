//! `create_appointment`: creates an appointment and asks its attendees.

use chrono::{DateTime, Utc};
use garde::Validate;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition};
use serde::Deserialize;
use utoipa::ToSchema;

use super::body::appointment_body;
use super::subject::item_of;
use super::types::Appointment;
use super::whole::WholeAppointment;
use super::{rules, store};
use crate::access::change_log::Change;
use crate::access::{CircleAccess, CirclePath, CircleWrite, ScheduleAppointments, limits};
use crate::app::App;
use crate::entity::appointment::{self, AppointmentKind, AppointmentState, Column};
use crate::entity::attendance::{AttendeeResponse, Entity as Attendance};
use crate::entity::ids::{AppointmentId, MemberId};
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::features::participation::members_in;
use crate::http::extract::{Json, compared};
use crate::http::response::Created;
use crate::notify::notifications::{People, notify_people};
use crate::notify::reminders;
use crate::platform::time::civil::{Day, WallTime};
use crate::problem::{FieldErrorCode, Problem};

/// The default reminders: a day and two hours before the start.
pub(in crate::features) const REMINDERS: [i32; 2] = [1440, 120];

/// The appointments that count toward the limit of upcoming appointments.
pub(in crate::features) fn to_come(now: DateTime<Utc>) -> Condition {
    Condition::all().add(Column::SortAt.gt(now))
}

appointment_body! {
    #[derive(Debug, Deserialize, Validate, ToSchema)]
    /// A new appointment. It needs a title, and either `starts_local` or `starts_on`.
    #[schema(examples(json!({
        "title": "Blood count",
        "kind": "medical",
        "starts_local": "2027-01-02T10:00",
        "ends_local": "2027-01-02T10:30",
        "time_zone": "Europe/Berlin",
        "location": "Ward 3, Hill Street Clinic"
    })))]
    pub struct CreateAppointmentRequest for appointment {
        /// An id that you choose, any UUID. With it you can safely send the request again.
        #[serde(default)]
        #[garde(skip)]
        pub id: Option<AppointmentId>,
        /// The date of an appointment that takes all day; not together with `starts_local`.
        #[serde(default)]
        #[garde(dive, custom(compared("starts_on", "starts_local", self.time_faults())))]
        pub starts_on: Option<Day>,
        /// The last date of an appointment that takes several days, at most 366; only with
        /// `starts_on`. Default: it takes one day.
        #[serde(default)]
        #[garde(dive, custom(compared("ends_on", "starts_on", self.time_faults())))]
        pub ends_on: Option<Day>,
        /// The local time at which it starts; not together with `starts_on`.
        #[serde(default)]
        #[garde(dive, custom(compared("starts_local", "starts_on", self.time_faults())))]
        pub starts_local: Option<WallTime>,
        /// The local time at which it ends, at most 366 days later; only with `starts_local`.
        /// Default: it has no end.
        #[serde(default)]
        #[garde(dive, custom(compared("ends_local", "starts_local", self.time_faults())))]
        pub ends_local: Option<WallTime>,
        /// Whether it is only proposed. Nobody is reminded until it is confirmed.
        #[serde(default)]
        #[garde(skip)]
        pub is_proposal: bool,
    }
}

/// The kind of an appointment for which the request names none.
pub(in crate::features) fn other() -> AppointmentKind {
    AppointmentKind::Other
}

/// Create or propose an appointment.
///
/// Asks its attendees to come and plans their reminders. With `is_proposal`, nobody is reminded
/// until the appointment is confirmed. Every member who sees the appointment is told.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can create appointments.
/// - 409 `limit_reached`: the circle has too many appointments that have not started yet.
/// - 409 `id_reused`, `id_taken`: something else has this `id`. Choose another one.
/// - 422 `required`, `date_and_time`: send either `starts_local` or `starts_on`.
/// - 422 `end_without_start`, `start_after_end`: `ends_local` needs a `starts_local` before it, and
///   `ends_on` a `starts_on`.
/// - 422 `lasts_too_long`: it takes more than 366 days.
/// - 422 `topic_not_visible`: your level for `topic` is not `write`.
/// - 422 `unknown_member`: no active member of this circle has this id.
/// - 422 `member_cannot_take_part`: the member does not see the topic.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments", tag = "appointments", params(CirclePath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = CREATED, description = "The appointment", body = Appointment), Problem),
)]
pub async fn create_appointment(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Json(new): Json<CreateAppointmentRequest>,
) -> Result<Created<Appointment>, Problem> {
    let write = app.begin_write(&circle).await?;
    if let Some(before) = write.made_before::<appointment::Entity>(new.id).await? {
        let answer = store::describe(write.tx(), write.scope(), before).await?;
        return write.commit(Created::again(answer)).await;
    }
    let id = new.id.unwrap_or_else(|| write.new_id());
    let topic = new.topic.unwrap_or_else(|| rules::default_topic(new.kind));
    let zone = write.scope().time_zone().to_owned();
    let when = new.when(&zone);
    let offsets = new.offsets();
    let members = new.attendee_member_ids.clone();
    // A caller who does not see the topic is not told who does.
    let attendees = match check_topic(&write, topic) {
        Ok(()) => {
            let people = People::read(&write).await?;
            let chosen = chosen_attendees(&write, &people, members, new.without_attendees, topic);
            chosen.map(|attendees| (attendees, people))
        }
        Err(problem) => Err(problem),
    };
    let ((when, offsets), (attendees, people)) =
        Problem::both(Problem::both(when, offsets), attendees)?;
    let upcoming = to_come(write.now());
    write
        .check_limit::<appointment::Entity>(limits::UPCOMING_APPOINTMENTS, upcoming)
        .await?;

    let mut row = appointment::ActiveModel {
        id: Set(id),
        is_exception: Set(false),
        topic: Set(topic),
        outcome: Set(None),
        reminder_minutes: Set(offsets),
        state: Set(if new.is_proposal {
            AppointmentState::Proposed
        } else {
            AppointmentState::Scheduled
        }),
        schedule_version: Set(1),
        ..Default::default()
    };
    new.write_to(&mut row);
    when.write_to::<appointment::Entity>(&mut row, &zone);
    let row = write.create::<appointment::Entity>(row).await?;
    let mut appointment = WholeAppointment::new(write, row);
    for (member, answer) in &attendees {
        appointment.add_attendee(&people, *member, *answer)?;
    }
    let accepted = [AttendeeResponse::Accepted];
    let coming = members_in::<Attendance>(&appointment.locked.related, &accepted);
    let locked = &mut appointment.locked;
    reminders::plan_new_for(&locked.write, &item_of(&locked.row), &coming);
    let change = Change::to::<appointment::Entity>("created", &locked.row);
    locked.write.log(change.about(topic)).await?;
    let notification = locked.to_everyone(NotificationKind::Scheduled, None);
    notify_people(&locked.write, vec![notification], Some(people)).await?;
    appointment.respond_created().await
}

pub(in crate::features) fn check_topic(write: &CircleWrite, topic: Topic) -> Result<(), Problem> {
    if write.scope().topics().level(topic) == TopicLevel::Write {
        return Ok(());
    }
    let detail = "Send a topic for which your level is write.";
    Err(Problem::field(
        "/topic",
        FieldErrorCode::TopicNotVisible,
        detail,
    ))
}

/// Who is asked to come, with the response that each of them starts with.
pub(in crate::features) fn chosen_attendees(
    write: &CircleWrite,
    people: &People,
    members: Option<Vec<MemberId>>,
    nobody: bool,
    topic: Topic,
) -> Result<Vec<(MemberId, AttendeeResponse)>, Problem> {
    match members {
        Some(_) if nobody => {
            let detail = "You sent attendee_member_ids too. Send only one of the two.";
            let (pointer, code) = ("/without_attendees", FieldErrorCode::AttendeesAndWithout);
            Err(Problem::field(pointer, code, detail))
        }
        Some(members) => {
            store::check_attendees(people, "/attendee_member_ids", &members, topic)?;
            Ok(with_first_answers(write, members))
        }
        None if nobody => Ok(Vec::new()),
        None => Ok(default_attendees(write, people)),
    }
}

/// These members, with the response that each of them starts with.
fn with_first_answers(
    write: &CircleWrite,
    members: Vec<MemberId>,
) -> Vec<(MemberId, AttendeeResponse)> {
    let members = store::unique(members).into_iter();
    members
        .map(|member| (member, store::first_answer(write, member)))
        .collect()
}

/// The attendees if the body names none: the patient, or, if they are no active member, the
/// caller, who then has accepted.
fn default_attendees(write: &CircleWrite, people: &People) -> Vec<(MemberId, AttendeeResponse)> {
    let mut members = people.members().iter();
    let patient = members.find(|member| member.row.is_patient);
    match (patient, write.actor()) {
        (Some(patient), _) => with_first_answers(write, vec![patient.row.id]),
        (None, Some(me)) => vec![(me, AttendeeResponse::Accepted)],
        (None, None) => Vec::new(),
    }
}
