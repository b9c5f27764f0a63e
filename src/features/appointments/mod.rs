//! Appointments: when and where something is to be, who comes, what it needs
//! of others, and what becomes of it.

mod attendance;
pub(super) mod locked;
pub(super) mod owned;
pub(super) mod rules;
pub(super) mod store;
mod subject;
mod told;
pub(super) mod types;
mod verbs;

pub use attendance::*;
pub use owned::{
    has_room as need_has_room, open_invitations, open_need_offers, visible_appointments,
    visible_needs,
};
pub use types::*;
pub use verbs::*;

use sea_orm::sea_query::IntoCondition;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter, QuerySelect, QueryTrait,
};

use self::locked::LockedAppointment;
use self::rules::AppointmentVerb;
use self::subject::item_of;
use crate::access::change_log::Change;
use crate::access::limits;
use crate::access::{
    CircleAccess, CirclePath, CircleWrite, ScheduleAppointments, ViewCircle, sights_of_all,
};
use crate::app::App;
use crate::entity::appointment::{self, AppointmentState, Column};
use crate::entity::attendance::{AttendanceAnswer, Entity as Attendance};
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, MemberState};
use crate::entity::notification::NotificationKind;
use crate::entity::personal_token::TokenScope;
use crate::entity::topic_grant::TopicLevel;
use crate::features::participation::put_part;
use crate::http::extract::{Json, Path, Query};
use crate::http::pagination::OrderBy;
use crate::http::response::{Created, Found, Listed};
use crate::notify::reminders;
use crate::problem::Problem;
use crate::schedule::When;

/// A day and two hours before.
const REMINDERS: [i32; 2] = [1440, 120];

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
            asked(&write, members)
        }
        None => whose(&write).await?,
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
    when.write_to_appointment(&mut row, &zone);
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

fn asked(write: &CircleWrite, members: Vec<MemberId>) -> Vec<(MemberId, AttendanceAnswer)> {
    let members = unique(members).into_iter();
    members
        .map(|member| (member, first_answer(write, member)))
        .collect()
}

/// The answer of somebody who becomes part of an appointment: nobody owes
/// themselves one.
fn first_answer(write: &CircleWrite, member: MemberId) -> AttendanceAnswer {
    if write.actor() == Some(member) {
        AttendanceAnswer::Accepted
    } else {
        AttendanceAnswer::NeedsAction
    }
}

/// Whose appointment it is when nobody says: the patient's; where they are not
/// in the circle, somebody goes for them, and that is whoever schedules it.
async fn whose(write: &CircleWrite) -> Result<Vec<(MemberId, AttendanceAnswer)>, Problem> {
    let patient = write
        .find::<membership::Entity>()
        .filter(membership::Column::IsPatient.eq(true))
        .filter(membership::Column::State.eq(MemberState::Active))
        .one(write.tx())
        .await?;
    Ok(match (patient, write.actor()) {
        (Some(patient), _) => asked(write, vec![patient.id]),
        (None, Some(me)) => vec![(me, AttendanceAnswer::Accepted)],
        (None, None) => Vec::new(),
    })
}

fn unique(mut members: Vec<MemberId>) -> Vec<MemberId> {
    members.sort_unstable();
    members.dedup();
    members
}

/// List appointments.
///
/// Soonest first, past ones included unless `from` says otherwise. Each embeds
/// who comes and what it needs.
#[utoipa::path(
    get, path = "/circles/{circle_id}/appointments", tag = "appointments",
    params(CirclePath, AppointmentQuery),
    security(("access_token" = [TokenScope::AppointmentsRead])),
    responses((status = OK, description = "A page of appointments", body = AppointmentPage), Problem),
)]
pub async fn list_appointments(
    circle: CircleAccess<ViewCircle>,
    Query(query): Query<AppointmentQuery>,
) -> Result<Listed<AppointmentPage>, Problem> {
    let listing = circle.listing("appointments", &query)?;
    let window = circle.window(query.from, query.to);
    let (etag, _) = circle.tag_in(&window, false)?;
    let order = match query.sort.unwrap_or(AppointmentSort::Starts) {
        AppointmentSort::Starts => OrderBy::ascending(Column::SortAt, Column::Id),
        AppointmentSort::StartsLast => OrderBy::descending(Column::SortAt, Column::Id),
    };
    let mut rows = circle
        .find::<appointment::Entity>()
        .filter(window.condition::<appointment::Entity>());
    if !query.state.is_empty() {
        rows = rows.filter(Column::State.is_in(query.state));
    }
    if !query.kind.is_empty() {
        rows = rows.filter(Column::Kind.is_in(query.kind));
    }
    if let Some(member) = query.attendee {
        use crate::entity::attendance;
        let part_of = circle
            .find::<attendance::Entity>()
            .filter(attendance::Column::MemberId.eq(member))
            .select_only()
            .column(attendance::Column::AppointmentId)
            .into_query();
        rows = rows.filter(Column::Id.in_subquery(part_of));
    }
    let (rows, next_cursor) = listing.page(circle.db(), rows, order).await?;
    let data = store::describe_all(circle.db(), circle.scope(), rows).await?;
    Listed::known(&AppointmentPage { data, next_cursor }, etag)
}

/// Read an appointment.
///
/// With who comes, what it needs, and what the reader may do now.
#[utoipa::path(
    get, path = "/circles/{circle_id}/appointments/{appointment_id}", tag = "appointments",
    params(CirclePath, AppointmentPath),
    security(("access_token" = [TokenScope::AppointmentsRead])),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn read_appointment(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<AppointmentPath>,
) -> Result<Found<Appointment>, Problem> {
    let row = circle
        .require::<appointment::Entity>(path.appointment_id)
        .await?;
    let answer = store::describe(circle.db(), circle.scope(), row).await?;
    circle.found(answer)
}

/// Change an appointment, but not its time.
///
/// To move it to a topic you need to write that topic too; those who do not see
/// that topic are no part of it any more, and are told. Another place, link or
/// preparation is told to those who come, and another place also to those who took what
/// it needs and go there. Those who do not see the appointment learn nothing of it.
#[utoipa::path(
    patch, path = "/circles/{circle_id}/appointments/{appointment_id}", tag = "appointments",
    params(CirclePath, AppointmentPath),
    security(("access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn update_appointment(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
    Json(changes): Json<AppointmentChanges>,
) -> Result<Found<Appointment>, Problem> {
    let mut appointment = LockedAppointment::open(&app, &circle, path.appointment_id).await?;
    appointment.check(AppointmentVerb::Change)?;
    let topics = appointment.write.scope().topics();
    if changes
        .topic
        .is_some_and(|topic| topics.level(topic) < TopicLevel::Write)
    {
        let detail = "You do not write this topic.";
        return Err(Problem::field("/topic", "topic_not_granted", detail));
    }
    let before = appointment.row.clone();
    let mut row = before.clone().into_active_model();
    let fields = changes.write_to(&mut row);
    if !fields.is_empty() {
        appointment
            .save_and_plan(AppointmentVerb::Change, row, fields.names())
            .await?;
        if appointment.row.topic != before.topic {
            appointment.take_off_who_cannot_see().await?;
        }
        super::needs::plan_needs(&appointment.write, &appointment.row).await?;
        appointment.notify_of_change(&before).await?;
    }
    appointment.respond().await
}

impl LockedAppointment {
    /// Takes those off it who do not see its topic.
    async fn take_off_who_cannot_see(&mut self) -> Result<(), Problem> {
        let seeing = sights_of_all(&self.write).await?;
        let topic = Some(self.row.topic);
        let mut gone = self.related.clone();
        gone.retain(|attendance| {
            let mut seeing = seeing.iter().filter(|sight| sight.sees(topic));
            !seeing.any(|sight| sight.member.id == attendance.member_id)
        });
        self.take_off(gone).await
    }
}
