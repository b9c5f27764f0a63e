//! `decline_role`: declines an offered role.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::super::locked::LockedRolePart;
use super::super::rules::RolePartVerb;
use super::store;
use super::types::{RoleAssignment, RoleAssignmentPath};
use crate::access::{CarryRoles, CircleAccess, CirclePath};
use crate::app::App;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_token::TokenScope;
use crate::entity::role_assignment::RoleAssignmentState;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::notify::notifications;
use crate::problem::Problem;

/// Decline an offered role.
///
/// Nobody asks why, and nobody counts. The person who asked is told, the coordinators
/// too if it was to begin within a day; if nobody else would be told, those who could
/// carry it.
#[utoipa::path(
    post, path = "/circles/{circle_id}/role-assignments/{role_assignment_id}/decline",
    tag = "roles", params(CirclePath, RoleAssignmentPath),
    security(("access_token" = [TokenScope::RolesWrite])),
    responses((status = OK, description = "The assignment", body = RoleAssignment), Problem),
)]
pub async fn decline_role(
    app: App,
    circle: CircleAccess<CarryRoles>,
    Path(path): Path<RoleAssignmentPath>,
) -> Result<Resource<RoleAssignment>, Problem> {
    let mut part = LockedRolePart::open(&app, &circle, path.role_assignment_id).await?;
    if part.check_right_and_verb(RolePartVerb::Decline)? {
        let mut row = part.row.clone().into_active_model();
        row.state = Set(RoleAssignmentState::Declined);
        let before = part.row.clone();
        part.save_part(RolePartVerb::Decline, row, vec!["state"])
            .await?;
        let kind = NotificationKind::Declined;
        let notification =
            store::notification_of_release(&part.write, kind, &part.related, &before);
        notifications::notify(&part.write, vec![notification]).await?;
    }
    part.respond().await
}
