//! `read_role_assignment`: one member's part in a role.

use super::store;
use super::types::{RoleAssignment, RoleAssignmentPath};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_token::TokenScope;
use crate::entity::role_assignment;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Read one person's part in a role.
///
/// With what the patient keeps, where the role was the patient's.
#[utoipa::path(
    get, path = "/circles/{circle_id}/role-assignments/{role_assignment_id}", tag = "roles",
    params(CirclePath, RoleAssignmentPath),
    security(("access_token" = [TokenScope::RolesRead])),
    responses((status = OK, description = "The assignment", body = RoleAssignment), Problem),
)]
pub async fn read_role_assignment(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<RoleAssignmentPath>,
) -> Result<Resource<RoleAssignment>, Problem> {
    let row = circle
        .require::<role_assignment::Entity>(path.role_assignment_id)
        .await?;
    let part = store::describe_part(circle.db(), circle.scope(), row).await?;
    circle.found(part)
}
