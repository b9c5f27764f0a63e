//! The reminders of an appointment and of what it needs.

use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, QueryTrait};

use super::types::AppointmentPath;
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_token::TokenScope;
use crate::entity::{appointment, need, reminder};
use crate::http::extract::Path;
use crate::http::response::Body;
use crate::notify::reminders::{ReminderOverview, overview_of};
use crate::problem::Problem;

/// See what became of an appointment's reminders.
///
/// Those that are planned, for who comes and for who takes one of its needs, and
/// what happened to each mail.
#[utoipa::path(
    get, path = "/circles/{circle_id}/appointments/{appointment_id}/reminders",
    tag = "appointments", params(CirclePath, AppointmentPath),
    security(("access_token" = [TokenScope::AppointmentsRead])),
    responses((status = OK, description = "The reminders", body = ReminderOverview), Problem),
)]
pub async fn list_appointment_reminders(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<AppointmentPath>,
) -> Result<Body<ReminderOverview>, Problem> {
    let row = circle
        .require::<appointment::Entity>(path.appointment_id)
        .await?;
    let needs = circle
        .find::<need::Entity>()
        .filter(need::Column::AppointmentId.eq(row.id))
        .select_only()
        .column(need::Column::Id)
        .into_query();
    let of_appointment = Condition::any()
        .add(reminder::Column::AppointmentId.eq(row.id))
        .add(reminder::Column::NeedId.in_subquery(needs));
    overview_of(&circle, of_appointment).await.map(Body)
}
