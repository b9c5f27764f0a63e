//! `end_role_assignment`: a member carries a role no more, by themselves or by a coordinator.

use super::super::locked::LockedRolePart;
use super::super::rules::RolePartVerb;
use super::store;
use super::types::{RoleAssignment, RoleAssignmentPath};
use crate::access::{CarryRoles, CircleAccess, CirclePath};
use crate::app::App;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::notify::notifications;
use crate::problem::Problem;

/// Stop carrying a role.
///
/// By the person who carries it, or by a coordinator. It ends today. Those who relied
/// on it are told: the person who asked, and the coordinators; the person who carried
/// it, if a coordinator ends it.
#[utoipa::path(
    post, path = "/circles/{circle_id}/role-assignments/{role_assignment_id}/end",
    tag = "roles", params(CirclePath, RoleAssignmentPath),
    security(("access_token" = [TokenScope::RolesWrite])),
    responses((status = OK, description = "The assignment", body = RoleAssignment), Problem),
)]
pub async fn end_role_assignment(
    app: App,
    circle: CircleAccess<CarryRoles>,
    Path(path): Path<RoleAssignmentPath>,
) -> Result<Resource<RoleAssignment>, Problem> {
    let mut part = LockedRolePart::open(&app, &circle, path.role_assignment_id).await?;
    if part.check_right_and_verb(RolePartVerb::End)? {
        let before = part.row.clone();
        part.end_today().await?;
        let notifications = if part.write.scope().is_member(before.member_id) {
            let kind = NotificationKind::GivenBack;
            vec![store::notification_of_release(
                &part.write,
                kind,
                &part.related,
                &before,
            )]
        } else {
            store::notifications_of_end(&part.write, &part.related, &before)
        };
        notifications::notify(&part.write, notifications).await?;
    }
    part.respond().await
}
