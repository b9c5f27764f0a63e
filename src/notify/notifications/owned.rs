//! Notifications inside the fence: each is its recipient's alone.

use sea_orm::{ColumnTrait, Condition};

use crate::access::circle_owned;
use crate::entity::notification;

circle_owned!(notification, NotificationId, "notification", |scope| {
    match (scope.member_id(), scope.is_system()) {
        (_, true) => Condition::all(),
        (me, false) => Condition::all().add(notification::Column::MemberId.eq(me)),
    }
});
