//! The tables of this feature, inside the fence: everybody in the circle sees
//! who carries what.

use sea_orm::{ColumnTrait, Condition};

use crate::access::{CircleScope, circle_owned, own_id};
use crate::entity::role_assignment::{self, RoleAssignmentState};

own_id!(role);

circle_owned!(role, RoleId, "role", |_| Condition::all());
circle_owned!(role_assignment, RoleAssignmentId, "role_assignment", |_| {
    Condition::all()
});

/// The offers of roles that the caller has not answered.
pub fn open_role_offers(scope: &CircleScope) -> Condition {
    Condition::all()
        .add(role_assignment::Column::MemberId.eq(scope.member_id()))
        .add(role_assignment::Column::State.eq(RoleAssignmentState::Offered))
}
