//! `schedule_appointment`: creates an appointment and asks its attendees.

use garde::Validate;
use sea_orm::sea_query::IntoCondition;
use sea_orm::{ActiveValue::Set, ColumnTrait};
use serde::Deserialize;
use utoipa::ToSchema;

use super::locked::LockedAppointment;
use super::subject::item_of;
use super::types::Appointment;
use super::{rules, store};
use crate::access::change_log::Change;
use crate::access::{
    CircleAccess, CirclePath, CircleWrite, ScheduleAppointments, limits, patient_of,
};
use crate::app::App;
use crate::entity::appointment::{self, AppointmentKind, AppointmentState, Column};
use crate::entity::attendance::{AttendanceAnswer, Entity as Attendance};
use crate::entity::ids::{AppointmentId, MemberId};
use crate::entity::membership::MemberState;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_token::TokenScope;
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::features::participation::put_part;
use crate::http::extract::Json;
use crate::http::response::Created;
use crate::notify::reminders;
use crate::platform::text::{Notes, Place, ReminderMinutes, Title, VideoLink};
use crate::platform::time::civil::{Day, WallTime, ZoneName, named_or_unknown};
use crate::problem::Problem;
use crate::schedule::When;

/// A day and two hours before.
const REMINDERS: [i32; 2] = [1440, 120];

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

/// Schedule an appointment.
///
/// Members whose topics include it are told; reminders are planned.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments", tag = "appointments", params(CirclePath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = CREATED, description = "The appointment", body = Appointment), Problem),
)]
pub async fn schedule_appointment(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Json(new): Json<NewAppointment>,
) -> Result<Created<Appointment>, Problem> {
    let mut write = app.begin_write(&circle).await?;
    if let Some(before) = write.made_before::<appointment::Entity>(new.id).await? {
        let answer = store::describe(write.tx(), write.scope(), before).await?;
        return write.commit(Created::again(answer)).await;
    }
    let id = new.id.unwrap_or_else(|| write.new_id());
    let topic = new.topic.unwrap_or_else(|| rules::default_topic(new.kind));
    if write.scope().topics().level(topic) < TopicLevel::Write {
        let detail = "Your sight of this topic is not enough for that.";
        return Err(Problem::field("/topic", "topic_not_granted", detail));
    }
    let zone = write.scope().time_zone().to_owned();
    let when = When::chosen(
        new.starts_on,
        new.starts_local,
        new.ends_local,
        new.time_zone,
        &zone,
    )
    .map_err(Problem::Invalid)?;
    let to_come = Column::SortAt.gt(write.now()).into_condition();
    write
        .check_limit::<appointment::Entity>(limits::APPOINTMENTS_TO_COME, to_come)
        .await?;
    let attendees = match new.attendee_ids {
        Some(members) => {
            store::check_attendees(&write, "/attendee_ids", &members, topic).await?;
            with_first_answers(&write, members)
        }
        None => default_attendees(&write).await?,
    };

    let mut row = appointment::ActiveModel {
        id: Set(id),
        kind: Set(new.kind),
        title: Set(new.title.into()),
        topic: Set(topic),
        location: Set(new.location.map(Into::into)),
        video_link: Set(new.video_link.map(Into::into)),
        preparation: Set(new.preparation.map(Into::into)),
        outcome: Set(None),
        reminder_minutes: Set(reminders::chosen_offsets(
            new.reminder_minutes.as_deref(),
            &REMINDERS,
        )),
        state: Set(if new.proposed {
            AppointmentState::Proposed
        } else {
            AppointmentState::Scheduled
        }),
        schedule_version: Set(1),
        ..Default::default()
    };
    when.write_to::<appointment::Entity>(&mut row, &zone);
    let row = write.create::<appointment::Entity>(row).await?;
    for (member, answer) in &attendees {
        put_part::<Attendance>(&write, &row, &[], *member, *answer).await?;
    }
    let coming = attendees
        .iter()
        .filter(|(_, answer)| *answer == AttendanceAnswer::Accepted);
    let coming: Vec<MemberId> = coming.map(|(member, _)| *member).collect();
    let item = item_of(&row);
    reminders::plan_for_takers(&write, &item, &coming).await?;
    write
        .log(Change::to::<appointment::Entity>("created", &row).about(topic))
        .await?;
    let appointment = LockedAppointment::of(write, row).await?;
    appointment
        .notify_everyone(NotificationKind::Scheduled, None)
        .await?;
    appointment.respond_created().await
}

/// These members, with the answer each of them starts with.
fn with_first_answers(
    write: &CircleWrite,
    members: Vec<MemberId>,
) -> Vec<(MemberId, AttendanceAnswer)> {
    let members = store::unique(members).into_iter();
    members
        .map(|member| (member, store::first_answer(write, member)))
        .collect()
}

/// Who comes when the body does not say: the patient, or, if they are not in the circle, the
/// person who schedules it and goes for them.
async fn default_attendees(
    write: &CircleWrite,
) -> Result<Vec<(MemberId, AttendanceAnswer)>, Problem> {
    let patient = patient_of(write.tx(), write.scope()).await?;
    let patient = patient.filter(|member| member.state == MemberState::Active);
    Ok(match (patient, write.actor()) {
        (Some(patient), _) => with_first_answers(write, vec![patient.id]),
        (None, Some(me)) => vec![(me, AttendanceAnswer::Accepted)],
        (None, None) => Vec::new(),
    })
}
