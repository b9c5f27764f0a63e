//! `list_meeting_agenda_items`: the agenda of a family meeting.

use sea_orm::{ColumnTrait, QueryFilter};

use super::super::types::AppointmentPath;
use super::store;
use super::types::MeetingAgendaItem;
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::agenda_item::{self, Column};
use crate::entity::appointment;
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::{Path, Query};
use crate::http::pagination::{OrderBy, list_query, page_of};
use crate::http::response::Page;
use crate::platform::text::excerpt::Detail;
use crate::problem::Problem;

list_query! {
    /// Which agenda items to list.
    pub struct MeetingAgendaQuery {}
}

page_of!(MeetingAgendaItemPage, MeetingAgendaItem);

/// List the agenda of a family meeting.
///
/// Agenda items come in the order in which they were added. To show them by `position`, sort them
/// in your client, or get the brief of the meeting. Long texts are shortened, and
/// `truncated_fields` names them.
///
/// - 404 `not_found`: there is no such appointment, or you do not see it.
#[utoipa::path(
    get, path = "/circles/{circle_id}/appointments/{appointment_id}/agenda-items",
    tag = "appointments", params(CirclePath, AppointmentPath, MeetingAgendaQuery),
    security(("personal_access_token" = [TokenScope::AppointmentsRead])),
    responses((status = OK, description = "A page of agenda items", body = MeetingAgendaItemPage), Problem),
)]
pub async fn list_meeting_agenda_items(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<AppointmentPath>,
    Query(query): Query<MeetingAgendaQuery>,
) -> Result<Page<MeetingAgendaItemPage>, Problem> {
    let list = format!("agenda of {}", path.appointment_id);
    let listing = circle.listing(list, &query)?;
    let meeting = circle
        .require::<appointment::Entity>(path.appointment_id)
        .await?;
    let etag = circle.collection_tag()?;
    let rows = circle
        .find::<agenda_item::Entity>()
        .filter(Column::AppointmentId.eq(meeting.id));
    let order = OrderBy::ascending(Column::CreatedAt, Column::Id);
    let (rows, next_cursor) = listing.page(circle.db(), rows, order).await?;
    let describe = |row| store::describe(circle.scope(), meeting.topic, row, Detail::Excerpt);
    let data = rows.into_iter().map(describe).collect();
    Page::known(&MeetingAgendaItemPage { data, next_cursor }, etag)
}
