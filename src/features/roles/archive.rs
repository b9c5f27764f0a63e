//! `archive_role`: archives a role. `unarchive.rs` undoes it, but not the end of its
//! assignments.

use super::locked::LockedRole;
use super::role_assignments;
use super::rules::{self, RoleVerb};
use super::store;
use super::subject::notification_of;
use super::types::{Role, RolePath};
use crate::access::{ArrangeRoles, CircleAccess, CirclePath};
use crate::app::App;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::role::RoleState;
use crate::entity::role_assignment::{self, RoleAssignmentState};
use crate::features::participation::members_in;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::notify::notifications;
use crate::problem::Problem;

/// Archive a role.
///
/// Nobody needs to carry it any more. Its active assignments end today, and its offers
/// are withdrawn. The members who carried it are told. Its assignments stay readable.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can archive a role
#[utoipa::path(
    post, path = "/circles/{circle_id}/roles/{role_id}/archive", tag = "roles",
    params(CirclePath, RolePath),
    security(("personal_access_token" = [TokenScope::RolesWrite])),
    responses((status = OK, description = "The role", body = Role), Problem),
)]
pub async fn archive_role(
    app: App,
    circle: CircleAccess<ArrangeRoles>,
    Path(path): Path<RolePath>,
) -> Result<Resource<Role>, Problem> {
    let mut role = LockedRole::open(&app, &circle, path.role_id).await?;
    if !role.check_unless_in_effect(RoleVerb::Archive)? {
        return role.respond().await;
    }
    let today = store::today(&role.write);
    for part in rules::open_parts(&role.related) {
        let (_, change) = role_assignments::end_or_withdraw_later(&role.write, part, today)?;
        role.write.log(change).await?;
    }
    role.save_state(RoleVerb::Archive, RoleState::Archived)
        .await?;
    let active = [RoleAssignmentState::Active];
    let carriers = members_in::<role_assignment::Entity>(&role.related, &active);
    let notification = notification_of(
        &role.write,
        NotificationKind::Canceled,
        &role.row,
        role.write.now(),
    );
    let notification = notification.to(carriers);
    notifications::notify(&role.write, vec![notification]).await?;
    // Its assignments have ended, so none is shown.
    let answer = store::describe_unassigned(role.write.scope(), role.row);
    role.write.commit(Resource::new(answer)).await
}
