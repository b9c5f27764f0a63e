//! `end_appointment_series`: a series is over.

use super::locked::LockedAppointmentSeries;
use super::rules::AppointmentSeriesVerb;
use super::types::{AppointmentSeries, AppointmentSeriesPath};
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task_series::SeriesState;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// End a series of appointments.
///
/// Its appointments that have not begun are canceled, and their reminders with them. Their needs wait
/// on hold, and the questions planned for them are drafts again. What took place, and appointments that
/// were changed by themselves, stay. An ended series cannot go on: create another. Every member who
/// sees the series is told once, and the members who claimed a need are told of it.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can change a series, and only
///   with the level `write` for the topic
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointment-series/{appointment_series_id}/end",
    tag = "appointment series", params(CirclePath, AppointmentSeriesPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The series", body = AppointmentSeries), Problem),
)]
pub async fn end_appointment_series(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentSeriesPath>,
) -> Result<Resource<AppointmentSeries>, Problem> {
    let id = path.appointment_series_id;
    let mut series = LockedAppointmentSeries::open(&app, &circle, id).await?;
    let verb = AppointmentSeriesVerb::End;
    if series.check_unless_in_effect(verb)? {
        series.stop(verb, SeriesState::Ended).await?;
    }
    series.respond().await
}
