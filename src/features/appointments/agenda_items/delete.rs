//! `delete_meeting_agenda_item`: takes an item off the agenda of a family meeting.

use super::locked::LockedAgendaItem;
use super::rules::AgendaItemVerb;
use super::types::AgendaItemPath;
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::agenda_item;
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::NoContent;
use crate::problem::Problem;

/// Delete an agenda item.
///
/// Takes it off the agenda for good, with its notes and its outcome. To keep it for another
/// meeting, postpone it. Nobody is told.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can change an agenda, and only
///   with the level `write` for the topic of the meeting.
#[utoipa::path(
    delete, path = "/circles/{circle_id}/agenda-items/{agenda_item_id}", tag = "appointments",
    params(CirclePath, AgendaItemPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = NO_CONTENT, description = "Deleted"), Problem),
)]
pub async fn delete_meeting_agenda_item(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AgendaItemPath>,
) -> Result<NoContent, Problem> {
    let mut item = LockedAgendaItem::open(&app, &circle, path.agenda_item_id).await?;
    item.check(AgendaItemVerb::Delete)?;
    item.write.delete::<agenda_item::Entity>(&item.row).await?;
    item.touch_meeting()?;
    item.log(AgendaItemVerb::Delete, Vec::new()).await?;
    item.write.commit(NoContent).await
}
