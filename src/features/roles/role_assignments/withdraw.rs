//! `withdraw_role_assignment`: withdraws an offer that was not answered yet.

use super::super::locked::LockedRoleAssignment;
use super::super::rules::RoleAssignmentVerb;
use super::types::{RoleAssignment, RoleAssignmentPath};
use crate::access::{ArrangeRoles, CircleAccess, CirclePath};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Withdraw the offer of a role.
///
/// The member can no longer accept it. Nobody is told. The assignment stays in the
/// history of the role.
///
/// - 403 `forbidden`: only coordinators and the member who made the offer can withdraw it
/// - 409 `invalid_transition`: the offer was accepted or declined
#[utoipa::path(
    post, path = "/circles/{circle_id}/role-assignments/{role_assignment_id}/withdraw",
    tag = "roles", params(CirclePath, RoleAssignmentPath),
    security(("personal_access_token" = [TokenScope::RolesWrite])),
    responses((status = OK, description = "The role assignment", body = RoleAssignment), Problem),
)]
pub async fn withdraw_role_assignment(
    app: App,
    circle: CircleAccess<ArrangeRoles>,
    Path(path): Path<RoleAssignmentPath>,
) -> Result<Resource<RoleAssignment>, Problem> {
    let mut part = LockedRoleAssignment::open(&app, &circle, path.role_assignment_id).await?;
    if part.check_right_and_verb(RoleAssignmentVerb::Withdraw)? {
        part.end_today().await?;
    }
    part.respond().await
}
