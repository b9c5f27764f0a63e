//! `create_meeting_agenda_item`: adds an item to the agenda of a family meeting.

use garde::Validate;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition};
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::locked::LockedAppointment;
use super::super::rules::AppointmentVerb;
use super::super::types::AppointmentPath;
use super::store;
use super::types::MeetingAgendaItem;
use crate::access::change_log::Change;
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments, limits};
use crate::app::App;
use crate::entity::agenda_item::{self, Column, MeetingAgendaItemState};
use crate::entity::appointment::AppointmentKind;
use crate::entity::ids::AgendaItemId;
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::{Json, Path};
use crate::http::response::Created;
use crate::platform::text::excerpt::Detail;
use crate::platform::text::{Notes, Position as AgendaPosition, Title};
use crate::problem::{Conflict, Problem, ProblemCode};

/// An agenda item to add.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "title": "Who stays over at weekends", "position": 1 })))]
pub struct CreateMeetingAgendaItemRequest {
    /// An id that you choose, any UUID. With it you can safely send the request again.
    #[serde(default)]
    #[garde(skip)]
    pub id: Option<AgendaItemId>,
    /// What is to be discussed.
    #[garde(dive)]
    pub title: Title,
    /// Where it stands on the agenda: small numbers come first. Default: 0. Items with the same
    /// number come in the order in which they were added.
    #[serde(default)]
    #[garde(dive)]
    pub position: Option<AgendaPosition>,
    /// What else to know.
    #[serde(default)]
    #[garde(dive)]
    pub notes: Option<Notes>,
}

/// Add an item to the agenda of a family meeting.
///
/// Every member who sees the meeting sees its agenda. Nobody is told.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can change an agenda, and only
///   with the level `write` for the topic of the meeting.
/// - 404 `not_found`: there is no such appointment, or you do not see it.
/// - 409 `not_a_family_meeting`: the appointment is of another kind.
/// - 409 `invalid_transition`: the meeting is completed, missed or canceled.
/// - 409 `limit_reached`: the agenda has too many items.
/// - 409 `id_reused`, `id_taken`: something else has this `id`. Choose another one.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/agenda-items",
    tag = "appointments", params(CirclePath, AppointmentPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = CREATED, description = "The agenda item", body = MeetingAgendaItem), Problem),
)]
pub async fn create_meeting_agenda_item(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
    Json(new): Json<CreateMeetingAgendaItemRequest>,
) -> Result<Created<MeetingAgendaItem>, Problem> {
    let mut meeting = LockedAppointment::open(&app, &circle, path.appointment_id).await?;
    let topic = meeting.row.topic;
    let before = meeting.write.made_before::<agenda_item::Entity>(new.id);
    if let Some(before) = before.await? {
        let answer = store::describe(meeting.write.scope(), topic, before, Detail::Whole);
        return meeting.write.commit(Created::again(answer)).await;
    }
    let id = new.id.unwrap_or_else(|| meeting.write.new_id());
    meeting.check(AppointmentVerb::CreateAgendaItem)?;
    if meeting.row.kind != AppointmentKind::FamilyMeeting {
        let detail = "This appointment is no family meeting, so it has no agenda.";
        return Err(Conflict::of(ProblemCode::NotAFamilyMeeting, detail).into());
    }
    let on_it = Condition::all().add(Column::AppointmentId.eq(meeting.row.id));
    meeting
        .write
        .check_limit::<agenda_item::Entity>(limits::AGENDA_ITEMS_PER_MEETING, on_it)
        .await?;
    let row = agenda_item::ActiveModel {
        id: Set(id),
        appointment_id: Set(meeting.row.id),
        title: Set(new.title.into()),
        position: Set(new.position.map_or(0, AgendaPosition::get)),
        notes: Set(new.notes.map(Into::into)),
        outcome: Set(None),
        state: Set(MeetingAgendaItemState::Open),
        ..Default::default()
    };
    let item = if new.id.is_none() {
        meeting.write.create_later::<agenda_item::Entity>(row)?
    } else {
        meeting.write.create::<agenda_item::Entity>(row).await?
    };
    meeting.touch_later()?;
    let change = Change::to::<agenda_item::Entity>("created", &item).about(topic);
    meeting.write.log(change).await?;
    let answer = store::describe(meeting.write.scope(), topic, item, Detail::Whole);
    meeting.write.commit(Created::new(answer)).await
}
