//! `get_role_assignment`: one member's assignment of a role.

use super::store;
use super::types::{RoleAssignment, RoleAssignmentPath};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Get a role assignment.
///
/// The answer shows from when until when the member carries the role, and what the
/// patient keeps of it.
///
/// - 404 `not_found`: there is no such assignment in this circle
#[utoipa::path(
    get, path = "/circles/{circle_id}/role-assignments/{role_assignment_id}", tag = "roles",
    params(CirclePath, RoleAssignmentPath),
    security(("personal_access_token" = [TokenScope::RolesRead])),
    responses((status = OK, description = "The role assignment", body = RoleAssignment), Problem),
)]
pub async fn get_role_assignment(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<RoleAssignmentPath>,
) -> Result<Resource<RoleAssignment>, Problem> {
    let id = path.role_assignment_id;
    let part = store::describe_part(circle.db(), circle.scope(), id).await?;
    circle.found(part)
}
