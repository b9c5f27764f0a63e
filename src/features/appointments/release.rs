//! Removes a member who leaves, is suspended or sees less from the appointments to come.

use sea_orm::{ColumnTrait, Condition, IntoActiveModel, QueryFilter, QueryOrder, Select};

use super::store::notification_of_removal;
use crate::access::CircleWrite;
use crate::access::change_log::Change;
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::attendance::{self, AttendeeResponse};
use crate::entity::ids::AttendanceId;
use crate::entity::notification::NotificationKind;
use crate::features::participation::{
    ReleaseOutcome, ReleasePlan, part_of, released_by, with_parts_of_all,
};
use crate::notify::notifications::Notification;
use crate::notify::reminders;
use crate::notify::subject::SubjectId;
use crate::platform::db::in_list;
use crate::problem::Problem;
use crate::schedule::is_not_over;

/// Removes a member from the appointments to come that are not about a topic that they still see.
/// Canceled appointments count too, because they may be reinstated. The rows are written when the
/// transaction commits, so the number of statements does not grow with them.
pub(super) async fn release_attendances(
    write: &mut CircleWrite,
    plan: &ReleasePlan<'_>,
    outcome: &mut ReleaseOutcome,
) -> Result<(), Problem> {
    let not_over = is_not_over::<appointment::Entity>(write.now());
    let coming = |rows: Select<appointment::Entity>| {
        rows.filter(not_over)
            .filter(appointment::Column::Topic.is_not_in(plan.sees.iter().copied()))
            .filter(appointment::Column::State.is_in([
                AppointmentState::Proposed,
                AppointmentState::Scheduled,
                AppointmentState::Canceled,
            ]))
            .order_by_asc(appointment::Column::SortAt)
    };
    let mut left = Vec::new();
    let mut touched = Vec::new();
    let mut changes = Vec::new();
    for (row, parts) in with_parts_of_all::<attendance::Entity>(write, plan.held, coming).await? {
        let Some(attendance) = part_of::<attendance::Entity>(&parts, plan.member) else {
            continue;
        };
        left.push((attendance.id, SubjectId::Appointment(row.id)));
        if row.state != AppointmentState::Canceled {
            let notifications = &mut outcome.notifications;
            notifications.extend(notification_of_removal(write, &row, attendance));
            if let AttendeeResponse::Accepted | AttendeeResponse::Tentative = attendance.response {
                let zone = write.scope().time_zone();
                let came_free = Notification::of(NotificationKind::Freed, &row, zone);
                notifications.push(released_by::<attendance::Entity>(came_free, attendance));
            }
        }
        let unchanged = row.clone().into_active_model();
        let row = write.as_updated::<appointment::Entity>(&row, unchanged)?;
        touched.push(row.id.0);
        let change = Change::to::<appointment::Entity>("attendee_removed", &row).about(row.topic);
        let change = change.fields(vec!["attendees"]);
        changes.push(change.on_behalf_of(plan.member));
    }
    if left.is_empty() {
        return Ok(());
    }
    write.update_rows_later::<appointment::Entity>(&touched, Vec::new());
    let (ids, subjects): (Vec<AttendanceId>, Vec<SubjectId>) = left.into_iter().unzip();
    let these = attendance::Column::Id.is_in(in_list(ids));
    write.delete_all_in_circle_later::<attendance::Entity>(Condition::all().add(these));
    reminders::cancel_in_all(write, &subjects, &[plan.member]).await?;
    write.log_all(changes).await
}
