//! `get_role`: one role with its open assignments.

use super::store;
use super::types::{Role, RolePath};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::role;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Get a role.
///
/// The answer shows who carries it now, who was asked and what you may do now.
///
/// - 404 `not_found`: there is no such role in this circle
#[utoipa::path(
    get, path = "/circles/{circle_id}/roles/{role_id}", tag = "roles",
    params(CirclePath, RolePath),
    security(("personal_access_token" = [TokenScope::RolesRead])),
    responses((status = OK, description = "The role", body = Role), Problem),
)]
pub async fn get_role(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<RolePath>,
) -> Result<Resource<Role>, Problem> {
    let row = circle.require::<role::Entity>(path.role_id).await?;
    let role = store::describe(circle.db(), circle.scope(), row).await?;
    circle.found(role)
}
