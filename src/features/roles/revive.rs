//! `revive_role`: a retired role is active again, and nobody carries it.

use super::locked::LockedRole;
use super::rules::RoleVerb;
use super::types::{Role, RolePath};
use crate::access::{ArrangeRoles, CircleAccess, CirclePath};
use crate::app::App;
use crate::entity::personal_token::TokenScope;
use crate::entity::role::RoleState;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Revive a retired role.
///
/// Nobody carries it yet.
#[utoipa::path(
    post, path = "/circles/{circle_id}/roles/{role_id}/revive", tag = "roles",
    params(CirclePath, RolePath),
    security(("access_token" = [TokenScope::RolesWrite])),
    responses((status = OK, description = "The role", body = Role), Problem),
)]
pub async fn revive_role(
    app: App,
    circle: CircleAccess<ArrangeRoles>,
    Path(path): Path<RolePath>,
) -> Result<Resource<Role>, Problem> {
    let mut role = LockedRole::open(&app, &circle, path.role_id).await?;
    if role.check_unless_in_effect(RoleVerb::Revive)? {
        role.save_state(RoleVerb::Revive, RoleState::Active).await?;
    }
    role.respond().await
}
