//! `accept_role_assignment`: the caller accepts a role. The assignment that it takes over ends.

use super::super::locked::LockedRoleAssignment;
use super::super::rules::RoleAssignmentVerb;
use super::offers;
use super::types::{RoleAssignment, RoleAssignmentPath};
use crate::access::{CarryRoles, CircleAccess, CirclePath, ON_BEHALF_OF, OrOfMember};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::features::participation::OnBehalfOfRequest;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::notifications;
use crate::problem::Problem;

/// Accept a role that was offered to you.
///
/// You carry the role from now on. If you take it over from another member, their
/// assignment ends today, and they are told.
/// The body may be left out.
///
/// - 403 `forbidden`: only the member to whom it was offered can accept it
/// - 409 `invalid_transition`: the offer was declined or withdrawn, or the assignment has
///   ended
/// - 409 `already_assigned`: another member carries the role by now, and it is not shared
/// - 409 `too_late`: the last day of the offer is over
/// - 422 `member_has_account`, `unknown_member`: you can act only for an active member without an
///   account
#[utoipa::path(
    post, path = "/circles/{circle_id}/role-assignments/{role_assignment_id}/accept",
    tag = "roles", params(CirclePath, RoleAssignmentPath),
    security(("personal_access_token" = [TokenScope::RolesWrite])),
    responses((status = OK, description = "The role assignment", body = RoleAssignment), Problem),
)]
pub async fn accept_role_assignment(
    app: App,
    circle: CircleAccess<OrOfMember<CarryRoles>>,
    Path(path): Path<RoleAssignmentPath>,
    body: Option<Json<OnBehalfOfRequest>>,
) -> Result<Resource<RoleAssignment>, Problem> {
    let mut part = LockedRoleAssignment::open(&app, &circle, path.role_assignment_id).await?;
    let on_behalf_of = OnBehalfOfRequest::member(body);
    part.write.act_for(ON_BEHALF_OF, on_behalf_of, None).await?;
    if part.check_right_and_verb(RoleAssignmentVerb::Accept)? {
        let (accepted, off) =
            offers::accept(&mut part.write, &part.related.role, &part.row).await?;
        part.row = accepted;
        part.touch_role().await?;
        notifications::notify(&part.write, vec![off]).await?;
    }
    part.respond().await
}
