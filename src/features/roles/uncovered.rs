//! Which roles nobody carries.

use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, QueryTrait};

use crate::access::CircleScope;
use crate::entity::role::{Column, RoleState};
use crate::entity::role_assignment::{self, RoleAssignmentState};

/// The roles in use that nobody carries now.
pub fn uncovered_roles(scope: &CircleScope) -> Condition {
    nobody_carries(scope).add(Column::State.eq(RoleState::Active))
}

/// The roles in any state that nobody carries now.
pub(super) fn nobody_carries(scope: &CircleScope) -> Condition {
    // It names the states that do not count. With the one that counts, SQLite takes the index
    // on the state, and reads the assignments of all circles.
    let states = RoleAssignmentState::ALL.iter().copied();
    let not_now = states.filter(|state| *state != RoleAssignmentState::Active);
    let carried = scope
        .find::<role_assignment::Entity>()
        .filter(role_assignment::Column::State.is_not_in(not_now))
        .select_only()
        .column(role_assignment::Column::RoleId);
    Condition::all().add(Column::Id.not_in_subquery(carried.into_query()))
}
