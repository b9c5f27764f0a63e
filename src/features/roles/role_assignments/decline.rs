//! `decline_role_assignment`: the caller declines a role.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::super::locked::LockedRoleAssignment;
use super::super::rules::RoleAssignmentVerb;
use super::notifications::notification_of_release;
use super::types::{RoleAssignment, RoleAssignmentPath};
use crate::access::{CarryRoles, CircleAccess, CirclePath, ON_BEHALF_OF, OrOfMember};
use crate::app::App;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::role_assignment::RoleAssignmentState;
use crate::features::participation::OnBehalfOfRequest;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::notifications;
use crate::problem::Problem;

/// Decline a role that was offered to you.
///
/// You give no reason. The member who offered it is told. If it was to begin within a
/// day, the members who want emails about uncovered work are told too: by default the
/// coordinators. If nobody else is told then, the members who could carry it are.
/// The body may be left out.
///
/// - 403 `forbidden`: only the member to whom it was offered can decline it
/// - 409 `invalid_transition`: it is not offered any more
/// - 422 `member_has_account`, `unknown_member`: you can act only for an active member without an
///   account
#[utoipa::path(
    post, path = "/circles/{circle_id}/role-assignments/{role_assignment_id}/decline",
    tag = "roles", params(CirclePath, RoleAssignmentPath),
    security(("personal_access_token" = [TokenScope::RolesWrite])),
    responses((status = OK, description = "The role assignment", body = RoleAssignment), Problem),
)]
pub async fn decline_role_assignment(
    app: App,
    circle: CircleAccess<OrOfMember<CarryRoles>>,
    Path(path): Path<RoleAssignmentPath>,
    body: Option<Json<OnBehalfOfRequest>>,
) -> Result<Resource<RoleAssignment>, Problem> {
    let mut part = LockedRoleAssignment::open(&app, &circle, path.role_assignment_id).await?;
    let on_behalf_of = OnBehalfOfRequest::member(body);
    part.write.act_for(ON_BEHALF_OF, on_behalf_of, None).await?;
    if part.check_right_and_verb(RoleAssignmentVerb::Decline)? {
        let mut row = part.row.clone().into_active_model();
        row.state = Set(RoleAssignmentState::Declined);
        let before = part.row.clone();
        part.save_part(RoleAssignmentVerb::Decline, row, vec!["state"])
            .await?;
        let kind = NotificationKind::Declined;
        let notification = notification_of_release(&part.write, kind, &part.related.role, &before);
        notifications::notify(&part.write, vec![notification]).await?;
    }
    part.respond().await
}
