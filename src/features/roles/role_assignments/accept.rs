//! `accept_role`: accepts an offered role. The assignment that it takes over ends.

use super::super::locked::LockedRolePart;
use super::super::rules::RolePartVerb;
use super::store;
use super::types::{RoleAssignment, RoleAssignmentPath};
use crate::access::{CarryRoles, CircleAccess, CirclePath};
use crate::app::App;
use crate::entity::personal_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::notify::notifications;
use crate::problem::Problem;

/// Accept an offered role.
///
/// From then on you carry it. If it was to be taken over, that ends today, and the
/// person who carried it is told;
/// if somebody else carries it meanwhile, 409 `already_held`.
#[utoipa::path(
    post, path = "/circles/{circle_id}/role-assignments/{role_assignment_id}/accept",
    tag = "roles", params(CirclePath, RoleAssignmentPath),
    security(("access_token" = [TokenScope::RolesWrite])),
    responses((status = OK, description = "The assignment", body = RoleAssignment), Problem),
)]
pub async fn accept_role(
    app: App,
    circle: CircleAccess<CarryRoles>,
    Path(path): Path<RoleAssignmentPath>,
) -> Result<Resource<RoleAssignment>, Problem> {
    let mut part = LockedRolePart::open(&app, &circle, path.role_assignment_id).await?;
    if part.check_right_and_verb(RolePartVerb::Accept)? {
        let (accepted, off) = store::accept(&mut part.write, &part.related, &part.row).await?;
        part.row = accepted;
        part.touch_role().await?;
        notifications::notify(&part.write, vec![off]).await?;
    }
    part.respond().await
}
