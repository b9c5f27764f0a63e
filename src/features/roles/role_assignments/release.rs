//! `release_role_assignment`: a member stops carrying a role, or a coordinator ends it.

use super::super::locked::LockedRoleAssignment;
use super::super::rules::RoleAssignmentVerb;
use super::notifications::{notification_of_release, notifications_of_end};
use super::types::{RoleAssignment, RoleAssignmentPath};
use crate::access::{CarryRoles, CircleAccess, CirclePath, ON_BEHALF_OF, OrOfMember};
use crate::app::App;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::features::participation::OnBehalfOfRequest;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::notifications;
use crate::problem::Problem;

/// Release a role.
///
/// The assignment ends today. The member who offered the role is told, and so are the
/// members who want emails about uncovered work: by default the coordinators. If a
/// coordinator ends it, the member who carried the role is told too.
/// The body may be left out.
///
/// - 403 `forbidden`: only coordinators and the member who carries the role can end the
///   assignment
/// - 409 `invalid_transition`: nobody carries the role by this assignment
/// - 422 `member_has_account`, `unknown_member`: you can act only for an active member without an
///   account
#[utoipa::path(
    post, path = "/circles/{circle_id}/role-assignments/{role_assignment_id}/release",
    tag = "roles", params(CirclePath, RoleAssignmentPath),
    security(("personal_access_token" = [TokenScope::RolesWrite])),
    responses((status = OK, description = "The role assignment", body = RoleAssignment), Problem),
)]
pub async fn release_role_assignment(
    app: App,
    circle: CircleAccess<OrOfMember<CarryRoles>>,
    Path(path): Path<RoleAssignmentPath>,
    body: Option<Json<OnBehalfOfRequest>>,
) -> Result<Resource<RoleAssignment>, Problem> {
    let mut part = LockedRoleAssignment::open(&app, &circle, path.role_assignment_id).await?;
    let on_behalf_of = OnBehalfOfRequest::member(body);
    part.write.act_for(ON_BEHALF_OF, on_behalf_of, None).await?;
    if part.check_right_and_verb(RoleAssignmentVerb::Release)? {
        let before = part.row.clone();
        part.end_today().await?;
        let notifications = if part.write.scope().is_member(before.member_id) {
            let kind = NotificationKind::Released;
            vec![notification_of_release(
                &part.write,
                kind,
                &part.related.role,
                &before,
            )]
        } else {
            notifications_of_end(&part.write, &part.related.role, &before)
        };
        notifications::notify(&part.write, notifications).await?;
    }
    part.respond().await
}
