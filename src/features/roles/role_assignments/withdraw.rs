//! `withdraw_role_offer`: takes an offer back that was not answered.

use super::super::locked::LockedRolePart;
use super::super::rules::RolePartVerb;
use super::types::{RoleAssignment, RoleAssignmentPath};
use crate::access::{ArrangeRoles, CircleAccess, CirclePath};
use crate::app::App;
use crate::entity::personal_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Take an offer of a role back.
///
/// By whoever made it, or by a coordinator.
#[utoipa::path(
    post, path = "/circles/{circle_id}/role-assignments/{role_assignment_id}/withdraw",
    tag = "roles", params(CirclePath, RoleAssignmentPath),
    security(("access_token" = [TokenScope::RolesWrite])),
    responses((status = OK, description = "The assignment", body = RoleAssignment), Problem),
)]
pub async fn withdraw_role_offer(
    app: App,
    circle: CircleAccess<ArrangeRoles>,
    Path(path): Path<RoleAssignmentPath>,
) -> Result<Resource<RoleAssignment>, Problem> {
    let mut part = LockedRolePart::open(&app, &circle, path.role_assignment_id).await?;
    if part.check_right_and_verb(RolePartVerb::Withdraw)? {
        part.end_today().await?;
    }
    part.respond().await
}
