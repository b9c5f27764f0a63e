//! `get_appointment_series`: one series of appointments.

use super::store;
use super::types::{AppointmentSeries, AppointmentSeriesPath};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::appointment_series;
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Get a series of appointments.
///
/// The answer has the whole texts, who is asked to come, and what you may do now. List its
/// appointments with `GET /v1/circles/{circle_id}/appointments` and `series_id`.
///
/// - 404 `not_found`: there is no such series, or you do not see its topic
#[utoipa::path(
    get, path = "/circles/{circle_id}/appointment-series/{appointment_series_id}",
    tag = "appointment series", params(CirclePath, AppointmentSeriesPath),
    security(("personal_access_token" = [TokenScope::AppointmentsRead])),
    responses((status = OK, description = "The series", body = AppointmentSeries), Problem),
)]
pub async fn get_appointment_series(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<AppointmentSeriesPath>,
) -> Result<Resource<AppointmentSeries>, Problem> {
    let row = circle
        .require::<appointment_series::Entity>(path.appointment_series_id)
        .await?;
    let series = store::describe(circle.db(), circle.scope(), row).await?;
    circle.found(series)
}
