//! The reminders of an appointment and of its needs.

use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, QueryTrait};

use super::types::AppointmentPath;
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::{appointment, need, reminder};
use crate::http::extract::Path;
use crate::http::response::Body;
use crate::notify::reminders::{ReminderCollection, overview_of};
use crate::problem::Problem;

/// List the reminders of an appointment.
///
/// Lists the reminders of its attendees and of the members who claimed one of its needs: when each
/// is planned for, and what happened to each email.
#[utoipa::path(
    get, path = "/circles/{circle_id}/appointments/{appointment_id}/reminders",
    tag = "appointments", params(CirclePath, AppointmentPath),
    security(("personal_access_token" = [TokenScope::AppointmentsRead])),
    responses((status = OK, description = "The reminders", body = ReminderCollection), Problem),
)]
pub async fn list_appointment_reminders(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<AppointmentPath>,
) -> Result<Body<ReminderCollection>, Problem> {
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
