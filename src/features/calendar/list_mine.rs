//! `list_my_calendar_items`: the calendar of all circles of a person.

use super::items::page_of_items;
use super::query::CalendarQuery;
use super::types::CalendarItemPage;
use crate::access::CallerCircles;
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Query;
use crate::http::pagination::Listing;
use crate::http::response::Page;
use crate::problem::Problem;

/// List your calendar of all circles.
///
/// You get the tasks with a due time, the appointments and the needs that you see in any of your
/// circles and that overlap the time between `from` and `to`, also those in which you have no part
/// and those that are over. `my_state` tells your own apart. What was canceled is left out, and so
/// are archived circles: read the calendar of each of them alone. What comes soonest is first:
/// appointments and needs by their start, tasks by their due time. Of a date, appointments that take
/// all day come first, and tasks that are due on it last. Without `from` and `to` you get a
/// week from today. Further ahead than the server makes tasks and appointments, what repeats is
/// computed from its series and marked as `projected`.
#[utoipa::path(
    get, path = "/me/calendar", tag = "me", params(CalendarQuery),
    security(("personal_access_token" = [TokenScope::TasksRead, TokenScope::AppointmentsRead])),
    responses((status = OK, description = "A page of the calendar", body = CalendarItemPage), Problem),
)]
pub async fn list_my_calendar_items(
    app: App,
    mine: CallerCircles,
    Query(query): Query<CalendarQuery>,
) -> Result<Page<CalendarItemPage>, Problem> {
    let listing = Listing::of(app.keys(), "calendar", &query)?;
    let window = query.window(mine.time_zone(), mine.now())?;
    let page = page_of_items(&mine.all(), mine.db(), &listing, &window).await?;
    mine.listed(&page)
}
