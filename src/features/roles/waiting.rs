//! Which role offers wait for the caller.

use sea_orm::{ColumnTrait, Condition};

use crate::access::CircleScope;
use crate::entity::role_assignment::{self, RoleAssignmentState};

/// The role offers that the caller has not answered.
pub fn open_role_offers(scope: &CircleScope) -> Condition {
    Condition::all()
        .add(role_assignment::Column::MemberId.eq(scope.member_id()))
        .add(role_assignment::Column::State.eq(RoleAssignmentState::Offered))
}
