//! The notifications of how a role assignment ends.

use chrono::{DateTime, Utc};

use super::super::subject::notification_of;
use crate::access::CircleWrite;
use crate::entity::notification::NotificationKind;
use crate::entity::{role, role_assignment};
use crate::features::participation::released_by;
use crate::notify::notifications::Notification;
use crate::platform::time::civil::on_day;

/// When an assignment begins or began. Without a first day it counts from now.
pub(super) fn starts_at(write: &CircleWrite, part: &role_assignment::Model) -> DateTime<Utc> {
    let zone = write.scope().time_zone();
    let starts_on = part.starts_on.map(|day| on_day(day, 0, zone));
    starts_on.unwrap_or(write.now())
}

/// The notification for those who relied on a member who declines or releases a role.
pub(in crate::features::roles) fn notification_of_release(
    write: &CircleWrite,
    kind: NotificationKind,
    role: &role::Model,
    part: &role_assignment::Model,
) -> Notification {
    let notification = notification_of(write, kind, role, starts_at(write, part));
    released_by::<role_assignment::Entity>(notification, part)
}

/// The notifications when a member is taken off a role: one for the member, one for those
/// who relied on them.
pub fn notifications_of_end(
    write: &CircleWrite,
    role: &role::Model,
    part: &role_assignment::Model,
) -> Vec<Notification> {
    let taken_off = notification_of(
        write,
        NotificationKind::Removed,
        role,
        starts_at(write, part),
    );
    vec![
        taken_off.to([part.member_id]),
        notification_of_release(write, NotificationKind::Freed, role, part),
    ]
}
