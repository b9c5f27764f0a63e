//! Which appointments wait for the caller's answer.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, QueryTrait};

use crate::access::CircleScope;
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::attendance::{self, AttendanceAnswer};
use crate::schedule::window::Window;

/// The attendances of the caller that they have not answered, in appointments to come.
pub fn unanswered_attendances(scope: &CircleScope, now: DateTime<Utc>) -> Condition {
    let to_come = scope
        .find::<appointment::Entity>()
        .filter(Window::ahead(now, scope.reader_zone()).condition::<appointment::Entity>())
        .filter(
            appointment::Column::State
                .is_in([AppointmentState::Proposed, AppointmentState::Scheduled]),
        )
        .select_only()
        .column(appointment::Column::Id)
        .into_query();
    Condition::all()
        .add(attendance::Column::MemberId.eq(scope.member_id()))
        .add(attendance::Column::Answer.eq(AttendanceAnswer::NeedsAction))
        .add(attendance::Column::AppointmentId.in_subquery(to_come))
}
