//! `export_calendar`: the caller's appointments, as a calendar that any calendar opens.

use sea_orm::{Condition, QueryOrder};

use super::attachment::Attachment;
use super::calendar::write_calendar;
use crate::access::CallerCircles;
use crate::app::App;
use crate::auth::{AnyRecentCaller, throttle};
use crate::entity::appointment;
use crate::http::openapi::{Fact, TriedTooOften};
use crate::platform::db::ReadRows;
use crate::problem::Problem;

/// Export your appointments as iCalendar.
///
/// Returns a calendar file (RFC 5545) with the appointments that you see in all your circles. It
/// counts as one of the three exports that you have an hour. Nobody is told.
///
/// - 403 `reauthentication_required`: confirm your identity first. It counts for ten minutes.
/// - 429 `too_many_requests`: you exported three times in the last hour. Wait as long as
///   `Retry-After` says.
#[utoipa::path(
    post, path = "/me/export/calendar", tag = "me",
    extensions(("x-facts" = json!([Fact::AnswerNotKept]))),
    responses(
        (status = OK, description = "A file, `kith-calendar.ics`", body = String, content_type = "text/calendar"),
        Problem, TriedTooOften,
    ),
)]
pub async fn export_calendar(
    app: App,
    AnyRecentCaller(caller): AnyRecentCaller,
    mine: CallerCircles,
) -> Result<Attachment, Problem> {
    throttle::check_export(&app, caller.request(), caller.user_id()).await?;
    let appointments = mine
        .find::<appointment::Entity>(|_| Condition::all())
        .order_by_asc(appointment::Column::SortAt)
        .order_by_asc(appointment::Column::Id)
        .read(mine.db())
        .await?;
    Ok(Attachment {
        name: "attachment; filename=\"kith-calendar.ics\"",
        media_type: "text/calendar; charset=utf-8",
        content: write_calendar(app.public_url(), &appointments).into_bytes(),
    })
}
