//! The tables of this feature, inside the fence: everybody in the circle sees
//! who carries what.

use sea_orm::Condition;

use crate::access::circle_owned;

circle_owned!(role, RoleId, "role", |_| Condition::all());
circle_owned!(role_assignment, RoleAssignmentId, "role_assignment", |_| {
    Condition::all()
});
