//! `list_calendar_items`: the calendar of one circle.

use super::items::page_of_items;
use super::query::CalendarQuery;
use super::types::CalendarItemPage;
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Query;
use crate::http::response::Page;
use crate::problem::Problem;

/// List the calendar of a circle.
///
/// You get the tasks with a due time, the appointments and the needs that you see and that overlap
/// the time between `from` and `to`, also those that are over. What was canceled is left out. What
/// comes soonest is first: appointments and needs by their start, tasks by their due time. Of a
/// date, appointments that take all day come first, and tasks that are due on it last.
/// Without `from` and `to` you get a week from today. Further ahead than the server makes tasks and
/// appointments, what repeats is computed from its series and marked as `projected`.
#[utoipa::path(
    get, path = "/circles/{circle_id}/calendar", tag = "calendar", params(CirclePath, CalendarQuery),
    security(("personal_access_token" = [TokenScope::TasksRead, TokenScope::AppointmentsRead])),
    responses((status = OK, description = "A page of the calendar", body = CalendarItemPage), Problem),
)]
pub async fn list_calendar_items(
    circle: CircleAccess<ViewCircle>,
    Query(query): Query<CalendarQuery>,
) -> Result<Page<CalendarItemPage>, Problem> {
    let listing = circle.listing("calendar", &query)?;
    let window = query.window(circle.scope().reader_zone(), circle.now())?;
    let page = page_of_items(&circle.as_my_circles(), circle.db(), &listing, &window).await?;
    circle.listed(&page)
}
