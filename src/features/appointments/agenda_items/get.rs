//! `get_meeting_agenda_item`: one item on the agenda of a family meeting.

use super::store;
use super::types::{AgendaItemPath, MeetingAgendaItem};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::{agenda_item, appointment};
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::platform::text::excerpt::Detail;
use crate::problem::Problem;

/// Get an agenda item.
///
/// Returns it with its whole texts, and what you can do with it now.
///
/// - 404 `not_found`: there is no such agenda item, or you do not see its meeting.
#[utoipa::path(
    get, path = "/circles/{circle_id}/agenda-items/{agenda_item_id}", tag = "appointments",
    params(CirclePath, AgendaItemPath),
    security(("personal_access_token" = [TokenScope::AppointmentsRead])),
    responses((status = OK, description = "The agenda item", body = MeetingAgendaItem), Problem),
)]
pub async fn get_meeting_agenda_item(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<AgendaItemPath>,
) -> Result<Resource<MeetingAgendaItem>, Problem> {
    let row = circle
        .require::<agenda_item::Entity>(path.agenda_item_id)
        .await?;
    let meeting = circle
        .require::<appointment::Entity>(row.appointment_id)
        .await?;
    let item = store::describe(circle.scope(), meeting.topic, row, Detail::Whole);
    circle.found(item)
}
