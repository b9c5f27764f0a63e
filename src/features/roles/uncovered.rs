//! Which roles nobody carries.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, QueryTrait};

use crate::access::CircleScope;
use crate::entity::absence::{self, AbsenceState};
use crate::entity::role::{Column, RoleState};
use crate::entity::role_assignment::{self, RoleAssignmentState};
use crate::platform::time::civil::day_of;

/// The roles in use that nobody carries now.
pub fn uncovered_roles(scope: &CircleScope, now: DateTime<Utc>) -> Condition {
    nobody_carries(scope, now).add(Column::State.eq(RoleState::Active))
}

/// The roles in any state that nobody carries now: only members who hand them over or are away today.
pub(super) fn nobody_carries(scope: &CircleScope, now: DateTime<Utc>) -> Condition {
    // It names the states that do not count. With the one that counts, SQLite takes the index
    // on the state, and reads the assignments of all circles.
    let states = RoleAssignmentState::ALL.iter().copied();
    let not_now = states.filter(|state| *state != RoleAssignmentState::Active);
    let carried = scope
        .find::<role_assignment::Entity>()
        .filter(role_assignment::Column::State.is_not_in(not_now))
        .filter(role_assignment::Column::IsHandingOver.eq(false))
        .filter(is_here(scope, day_of(now, scope.time_zone())))
        .select_only()
        .column(role_assignment::Column::RoleId);
    Condition::all().add(Column::Id.not_in_subquery(carried.into_query()))
}

/// The assignments of members who are not away on this day.
fn is_here(scope: &CircleScope, day: NaiveDate) -> Condition {
    use absence::Column as Away;
    if !scope.has_absences(day) {
        return Condition::all();
    }
    let no_end_before = Condition::any()
        .add(Away::UntilOn.is_null())
        .add(Away::UntilOn.gte(day));
    let away = scope
        .find::<absence::Entity>()
        .filter(Away::State.eq(AbsenceState::Active))
        .filter(Away::FromOn.lte(day))
        .filter(no_end_before)
        .select_only()
        .column(Away::MemberId);
    let away = away.into_query();
    Condition::all().add(role_assignment::Column::MemberId.not_in_subquery(away))
}
