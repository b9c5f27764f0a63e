//! `get_appointment`: one appointment with its attendees and needs.

use super::store;
use super::types::{Appointment, AppointmentPath};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::appointment;
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Get an appointment.
///
/// Returns it with its attendees, its needs, and what you can do with it now.
///
/// - 404 `not_found`: there is no such appointment in this circle, or you do not see its topic.
#[utoipa::path(
    get, path = "/circles/{circle_id}/appointments/{appointment_id}", tag = "appointments",
    params(CirclePath, AppointmentPath),
    security(("personal_access_token" = [TokenScope::AppointmentsRead])),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn get_appointment(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<AppointmentPath>,
) -> Result<Resource<Appointment>, Problem> {
    let row = circle
        .require::<appointment::Entity>(path.appointment_id)
        .await?;
    let answer = store::describe(circle.db(), circle.scope(), row).await?;
    circle.found(answer)
}
