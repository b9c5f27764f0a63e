//! Notices inside the fence: each is its recipient's alone.

use sea_orm::{ColumnTrait, Condition};

use crate::access::circle_owned;
use crate::entity::notice;

circle_owned!(notice, NoticeId, "notice", |scope| {
    match (scope.member_id(), scope.is_system()) {
        (_, true) => Condition::all(),
        (me, false) => Condition::all().add(notice::Column::MemberId.eq(me)),
    }
});
