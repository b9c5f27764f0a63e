//! `get_appointment_brief`: what people need for an appointment, in one answer. Everything in it is
//! shown only as far as the reader sees it.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Order, SelectStatement};
use sea_orm::{ColumnTrait, Condition, Iterable, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use serde::Serialize;
use utoipa::ToSchema;

use super::agenda_items::{self, MeetingAgendaItem};
use super::store;
use super::types::{Appointment, AppointmentPath};
use crate::access::{CircleAccess, CirclePath, ViewCircle, seen_of};
use crate::entity::agenda_item;
use crate::entity::appointment::{self, AppointmentKind, AppointmentState, Column};
use crate::entity::ids::{AppointmentId, MemberId, TaskId};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task::{self, TaskCategory};
use crate::entity::topic_grant::Topic;
use crate::features::questions::{self, Question};
use crate::http::extract::Path;
use crate::http::response::Page;
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::platform::text::excerpt::Detail;
use crate::platform::time::civil::{Day, WallTime};
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;
use crate::row::Joined;

/// How many tasks, and how many appointments that did not take place, a brief lists.
const MOST: u64 = 50;

/// What people need for an appointment, as far as you see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "appointment": {
        "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c50",
        "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
        "version": 1,
        "kind": "medical",
        "title": "Blood count",
        "topic": "health",
        "starts_on": null,
        "ends_on": null,
        "starts_local": "2027-01-02T10:00",
        "ends_local": null,
        "time_zone": "Europe/Berlin",
        "starts_at": "2027-01-02T09:00:00.000Z",
        "ends_at": null,
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
        "series_id": null,
        "original_on": null,
        "is_exception": false,
        "schedule_version": 1,
        "attendees": [],
        "my_response": null,
        "needs": [],
        "thread_id": null,
        "comment_count": 0,
        "actions": [],
        "created_at": "2027-01-01T11:00:00.000Z",
        "created_by_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
        "updated_at": "2027-01-01T12:00:00.000Z"
    },
    "questions": [],
    "draft_questions": [],
    "agenda_items": [],
    "last_visit": {
        "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c4f",
        "kind": "medical",
        "title": "Blood count",
        "topic": "health",
        "state": "completed",
        "starts_on": null,
        "ends_on": null,
        "starts_local": "2026-12-05T10:00",
        "time_zone": "Europe/Berlin",
        "starts_at": "2026-12-05T09:00:00.000Z",
        "outcome": "Values are fine. Next check in four weeks."
    },
    "completed_tasks": [{
        "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f",
        "title": "Pick up the prescription",
        "category": "medication",
        "topic": "health",
        "completed_at": "2026-12-07T15:00:00.000Z",
        "completed_by_member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e"
    }],
    "missed_appointments": []
})))]
pub struct AppointmentBrief {
    /// The appointment, with who comes, its needs, and who claimed them.
    pub appointment: Appointment,
    /// The questions that are planned for it or were asked at it, the oldest first. At most 100.
    pub questions: Vec<Question>,
    /// The drafts about the same topic, the oldest first: they can still be planned for it. With
    /// `questions`, at most 100.
    pub draft_questions: Vec<Question>,
    /// The agenda, if it is a family meeting, in its order.
    pub agenda_items: Vec<MeetingAgendaItem>,
    /// The last appointment of the same kind that took place before it; null if there is none.
    /// Without it the two lists below are empty.
    pub last_visit: Option<BriefAppointment>,
    /// The tasks that were completed since the last visit, the newest first. At most 50.
    pub completed_tasks: Vec<BriefTask>,
    /// The appointments of every kind since the last visit that were missed or canceled, the newest
    /// first. At most 50.
    pub missed_appointments: Vec<BriefAppointment>,
}

/// An earlier appointment, as a brief shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct BriefAppointment {
    /// The id of the appointment.
    pub id: AppointmentId,
    /// What kind of appointment it is.
    pub kind: AppointmentKind,
    /// What the appointment is called.
    pub title: String,
    /// What it is about.
    pub topic: Topic,
    /// The state of the appointment.
    pub state: AppointmentState,
    /// The date, if it took all day.
    pub starts_on: Option<Day>,
    /// The last date, if it took several days.
    pub ends_on: Option<Day>,
    /// The local time at which it started, in `time_zone`; null if it took all day.
    pub starts_local: Option<WallTime>,
    /// The time zone of the local time; null if it took all day.
    pub time_zone: Option<String>,
    /// The instant of `starts_local`.
    #[serde(serialize_with = "in_milliseconds")]
    pub starts_at: Option<DateTime<Utc>>,
    /// What came out of it.
    pub outcome: Option<String>,
}

/// A completed task, as a brief shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct BriefTask {
    /// The id of the task.
    pub id: TaskId,
    /// What was to be done.
    pub title: String,
    /// The kind of task.
    pub category: TaskCategory,
    /// What the task is about.
    pub topic: Topic,
    /// When it was completed.
    #[serde(serialize_with = "in_milliseconds")]
    pub completed_at: Option<DateTime<Utc>>,
    /// The member who completed it.
    pub completed_by_member_id: Option<MemberId>,
}

/// Get the brief of an appointment.
///
/// Returns in one answer what people need for it: the appointment with who comes and its needs, the
/// questions for the care team, the agenda of a family meeting, and what has changed since the last
/// appointment of the same kind. You get all of it only as far as you see it.
///
/// - 404 `not_found`: there is no such appointment in this circle, or you do not see its topic.
#[utoipa::path(
    get, path = "/circles/{circle_id}/appointments/{appointment_id}/brief", tag = "appointments",
    params(CirclePath, AppointmentPath),
    security(("personal_access_token" = [
        TokenScope::TasksRead,
        TokenScope::AppointmentsRead,
    ])),
    responses((status = OK, description = "The brief", body = AppointmentBrief,
        headers(("ETag" = String, description = "The version of this answer."))), Problem),
)]
pub async fn get_appointment_brief(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<AppointmentPath>,
) -> Result<Page<AppointmentBrief>, Problem> {
    let (row, agenda) = with_agenda(&circle, path.appointment_id).await?;
    let topic = row.topic;
    let (last_visit, missed) = earlier(&circle, &row).await?;
    let tasks = completed_since(&circle, last_visit.as_ref()).await?;
    let (planned, drafts) = questions::for_brief(&circle, &row).await?;
    let appointment = store::describe(circle.db(), circle.scope(), row).await?;
    let item = |item| agenda_items::describe(circle.scope(), topic, item, Detail::Whole);
    circle.listed(&AppointmentBrief {
        appointment,
        questions: planned,
        draft_questions: drafts,
        agenda_items: agenda.into_iter().map(item).collect(),
        last_visit: last_visit.map(Into::into),
        completed_tasks: tasks.into_iter().map(Into::into).collect(),
        missed_appointments: missed.into_iter().map(Into::into).collect(),
    })
}

/// An appointment, or 404, and its agenda in its order.
async fn with_agenda(
    circle: &CircleAccess<ViewCircle>,
    id: AppointmentId,
) -> Result<(appointment::Model, Vec<agenda_item::Model>), Problem> {
    let on_it = seen_of::<appointment::Entity, agenda_item::Entity>(
        circle.scope(),
        Column::Id,
        agenda_item::Column::AppointmentId,
    );
    let mut rows = circle
        .find::<appointment::Entity>()
        .filter(Column::Id.eq(id))
        .order_by_asc(agenda_item::Column::Position)
        .order_by_asc(agenda_item::Column::CreatedAt)
        .order_by_asc(agenda_item::Column::Id);
    QueryTrait::query(&mut rows).left_join(agenda_item::Entity, on_it);
    let rows = rows
        .columns(agenda_item::Column::iter())
        .by_position::<(appointment::Model, Joined<agenda_item::Model>)>()
        .read(circle.db())
        .await?;
    let mut found = None;
    let mut agenda = Vec::new();
    for (row, Joined(item)) in rows {
        found.get_or_insert(row);
        agenda.extend(item);
    }
    Ok((found.ok_or(Problem::NotFound)?, agenda))
}

/// The last appointment of the same kind that took place before this one, and those of every kind
/// that did not take place since then.
async fn earlier(
    circle: &CircleAccess<ViewCircle>,
    row: &appointment::Model,
) -> Result<(Option<appointment::Model>, Vec<appointment::Model>), Problem> {
    let took_place = || {
        Condition::all()
            .add(Column::Kind.eq(row.kind))
            .add(Column::State.eq(AppointmentState::Completed))
    };
    let before = || {
        Condition::all()
            .add(Column::SortAt.lt(row.sort_at))
            .add(Column::Id.ne(row.id))
    };
    let last: SelectStatement = circle
        .find::<appointment::Entity>()
        .filter(took_place())
        .filter(before())
        .select_only()
        .expr(Expr::col((appointment::Entity, Column::SortAt)).max())
        .into_query();
    let did_not = [AppointmentState::Missed, AppointmentState::Canceled];
    let which = Condition::any()
        .add(took_place())
        .add(Column::State.is_in(did_not));
    let mut rows = circle
        .find::<appointment::Entity>()
        .filter(before())
        .filter(which)
        .limit(MOST + 1);
    // The last visit is the oldest of them, so it comes first, whatever the limit cuts.
    let is_visit = Expr::col((appointment::Entity, Column::State)).eq(AppointmentState::Completed);
    QueryTrait::query(&mut rows)
        .and_where(
            Expr::col((appointment::Entity, Column::SortAt))
                .gte(Expr::SubQuery(None, Box::new(last.into()))),
        )
        .order_by_expr(is_visit, Order::Desc)
        .order_by((appointment::Entity, Column::SortAt), Order::Desc)
        .order_by((appointment::Entity, Column::Id), Order::Desc);
    let rows = rows.read(circle.db()).await?;
    let (visits, missed): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .partition(|row| row.state == AppointmentState::Completed);
    Ok((visits.into_iter().next(), missed))
}

/// The tasks that were completed since the last visit began. Only a completed task has that moment.
async fn completed_since(
    circle: &CircleAccess<ViewCircle>,
    last_visit: Option<&appointment::Model>,
) -> Result<Vec<task::Model>, Problem> {
    let since = last_visit.map(|visit| visit.sort_at);
    let tasks = circle
        .find::<task::Entity>()
        .filter(task::Column::CompletedAt.gte(since))
        .order_by_desc(task::Column::CompletedAt)
        .order_by_desc(task::Column::Id)
        .limit(MOST);
    Ok(tasks.read(circle.db()).await?)
}

impl From<appointment::Model> for BriefAppointment {
    fn from(row: appointment::Model) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            title: row.title,
            topic: row.topic,
            state: row.state,
            starts_on: row.starts_on.map(Day),
            ends_on: row.ends_on.map(Day),
            starts_local: row.starts_local.map(WallTime),
            time_zone: row.time_zone,
            starts_at: row.starts_at,
            outcome: row.outcome,
        }
    }
}

impl From<task::Model> for BriefTask {
    fn from(row: task::Model) -> Self {
        Self {
            id: row.id,
            title: row.title,
            category: row.category,
            topic: row.topic,
            completed_at: row.completed_at,
            completed_by_member_id: row.completed_by_member_id,
        }
    }
}
