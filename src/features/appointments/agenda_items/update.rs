//! `update_meeting_agenda_item`: the texts and the place of an agenda item.

use sea_orm::IntoActiveModel;

use super::locked::LockedAgendaItem;
use super::rules::AgendaItemVerb;
use super::types::{AgendaItemPath, MeetingAgendaItem};
use crate::access::change_log::merge_patch;
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::agenda_item;
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::platform::text::{Notes, Position as AgendaPosition, Title};
use crate::problem::Problem;

merge_patch! {
    /// What to change in an agenda item.
    #[schema(examples(json!({ "outcome": "Ben stays over every second weekend." })))]
    #[schema(as = UpdateMeetingAgendaItemRequest)]
    pub struct AgendaItemPatch for agenda_item {
        /// What is to be discussed.
        #[garde(dive)]
        title: Title,
        /// Where it stands on the agenda: small numbers come first.
        #[garde(dive)]
        position: AgendaPosition,
        /// What else to know.
        #[garde(dive)]
        notes: Notes | null,
        /// What the family decided or found out.
        #[garde(dive)]
        outcome: Notes | null,
    }
}

/// Update an agenda item.
///
/// Changes its texts and its place on the agenda. You can do it after the meeting too. Nobody is
/// told.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can change an agenda, and only
///   with the level `write` for the topic of the meeting.
#[utoipa::path(
    patch, path = "/circles/{circle_id}/agenda-items/{agenda_item_id}", tag = "appointments",
    params(CirclePath, AgendaItemPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The agenda item", body = MeetingAgendaItem), Problem),
)]
pub async fn update_meeting_agenda_item(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AgendaItemPath>,
    Json(changes): Json<AgendaItemPatch>,
) -> Result<Resource<MeetingAgendaItem>, Problem> {
    let mut item = LockedAgendaItem::open(&app, &circle, path.agenda_item_id).await?;
    item.check(AgendaItemVerb::Update)?;
    let mut row = item.row.clone().into_active_model();
    let fields = changes.write_to(&mut row);
    if !fields.is_empty() {
        item.save_later(AgendaItemVerb::Update, row, fields.names())
            .await?;
        item.touch_meeting()?;
    }
    item.respond().await
}
