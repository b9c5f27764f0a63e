//! Removes a member who leaves, is suspended or sees less from the appointments to come.

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use super::store::{notification_of_removal, touch};
use crate::access::CircleWrite;
use crate::access::change_log::Change;
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::attendance::{self, AttendeeResponse};
use crate::entity::ids::MemberId;
use crate::entity::notification::NotificationKind;
use crate::entity::topic_grant::Topic;
use crate::features::participation::{ReleaseOutcome, released_by};
use crate::notify::notifications::Notification;
use crate::notify::reminders;
use crate::notify::subject::SubjectId;
use crate::problem::Problem;
use crate::schedule::is_not_over;

/// Removes a member from the appointments to come that are not about a topic in `seen`. Canceled
/// appointments count too, because they may be reinstated.
pub(super) async fn release_attendances(
    write: &mut CircleWrite,
    member: MemberId,
    seen: &[Topic],
    outcome: &mut ReleaseOutcome,
) -> Result<(), Problem> {
    let attendances = write
        .find_in_circle::<attendance::Entity>()
        .filter(attendance::Column::MemberId.eq(member))
        .all(write.tx())
        .await?;
    let coming = write
        .find_in_circle::<appointment::Entity>()
        .filter(
            appointment::Column::Id.is_in(
                attendances
                    .iter()
                    .map(|attendance| attendance.appointment_id),
            ),
        )
        .filter(is_not_over::<appointment::Entity>(write.now()))
        .filter(appointment::Column::Topic.is_not_in(seen.iter().copied()))
        .filter(appointment::Column::State.is_in([
            AppointmentState::Proposed,
            AppointmentState::Scheduled,
            AppointmentState::Canceled,
        ]))
        .order_by_asc(appointment::Column::SortAt)
        .all(write.tx())
        .await?;
    for row in coming {
        for attendance in attendances
            .iter()
            .filter(|attendance| attendance.appointment_id == row.id)
        {
            write
                .delete_in_circle::<attendance::Entity>(attendance)
                .await?;
            let item = SubjectId::Appointment(row.id);
            reminders::cancel_for_members(write, item, &[member]).await?;
            if row.state == AppointmentState::Canceled {
                continue;
            }
            let notifications = &mut outcome.notifications;
            notifications.extend(notification_of_removal(write, &row, attendance));
            if let AttendeeResponse::Accepted | AttendeeResponse::Tentative = attendance.response {
                let zone = write.scope().time_zone();
                let came_free = Notification::of(NotificationKind::Freed, &row, zone);
                notifications.push(released_by::<attendance::Entity>(came_free, attendance));
            }
        }
        let row = touch(write, &row).await?;
        let change = Change::to::<appointment::Entity>("attendee_removed", &row).about(row.topic);
        let change = change.fields(vec!["attendees"]);
        write.log(change.on_behalf_of(member)).await?;
    }
    Ok(())
}
