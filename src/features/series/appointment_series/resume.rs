//! `resume_appointment_series`: a series goes on after a break.

use super::locked::LockedAppointmentSeries;
use super::rules::AppointmentSeriesVerb;
use super::types::{AppointmentSeries, AppointmentSeriesPath};
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Resume a series of appointments.
///
/// Its appointments from today on are there again, with their attendees and their needs. The dates in
/// between have none. Every member who sees the series is told once, and the members who claimed a
/// need are told of it.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can change a series, and only
///   with the level `write` for the topic
/// - 409 `invalid_transition`: the series has ended
/// - 409 `limit_reached`: the circle has too many upcoming appointments for those of the next sixty days
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointment-series/{appointment_series_id}/resume",
    tag = "appointment series", params(CirclePath, AppointmentSeriesPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The series", body = AppointmentSeries), Problem),
)]
pub async fn resume_appointment_series(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentSeriesPath>,
) -> Result<Resource<AppointmentSeries>, Problem> {
    let id = path.appointment_series_id;
    let mut series = LockedAppointmentSeries::open(&app, &circle, id).await?;
    let verb = AppointmentSeriesVerb::Resume;
    if series.check_unless_in_effect(verb)? {
        series.go_on(verb).await?;
    }
    series.respond().await
}
