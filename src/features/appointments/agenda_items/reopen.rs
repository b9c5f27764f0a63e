//! `reopen_meeting_agenda_item`: it is still to be discussed.

use super::locked::LockedAgendaItem;
use super::rules::AgendaItemVerb;
use super::types::{AgendaItemPath, MeetingAgendaItem};
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::agenda_item::MeetingAgendaItemState;
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Reopen an agenda item.
///
/// Says that it is still to be discussed. Its outcome stays. Nobody is told.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can change an agenda, and only
///   with the level `write` for the topic of the meeting.
#[utoipa::path(
    post, path = "/circles/{circle_id}/agenda-items/{agenda_item_id}/reopen", tag = "appointments",
    params(CirclePath, AgendaItemPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The agenda item", body = MeetingAgendaItem), Problem),
)]
pub async fn reopen_meeting_agenda_item(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AgendaItemPath>,
) -> Result<Resource<MeetingAgendaItem>, Problem> {
    let mut item = LockedAgendaItem::open(&app, &circle, path.agenda_item_id).await?;
    item.put_into(AgendaItemVerb::Reopen, MeetingAgendaItemState::Open)
        .await?;
    item.respond().await
}
