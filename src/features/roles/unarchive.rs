//! `unarchive_role`: an archived role is active again, and nobody carries it.

use super::locked::LockedRole;
use super::rules::RoleVerb;
use super::types::{Role, RolePath};
use crate::access::{ArrangeRoles, CircleAccess, CirclePath};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::role::RoleState;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Unarchive a role.
///
/// The role is active again, and nobody carries it: offer it to a member, or claim it.
/// Nobody is told.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can unarchive a role
#[utoipa::path(
    post, path = "/circles/{circle_id}/roles/{role_id}/unarchive", tag = "roles",
    params(CirclePath, RolePath),
    security(("personal_access_token" = [TokenScope::RolesWrite])),
    responses((status = OK, description = "The role", body = Role), Problem),
)]
pub async fn unarchive_role(
    app: App,
    circle: CircleAccess<ArrangeRoles>,
    Path(path): Path<RolePath>,
) -> Result<Resource<Role>, Problem> {
    let mut role = LockedRole::open(&app, &circle, path.role_id).await?;
    if role.check_unless_in_effect(RoleVerb::Unarchive)? {
        role.save_state(RoleVerb::Unarchive, RoleState::Active)
            .await?;
    }
    role.respond().await
}
