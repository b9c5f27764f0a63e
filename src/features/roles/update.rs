//! `update_role`: what a role is called and takes, and whether several members may carry it.

use sea_orm::IntoActiveModel;

use super::locked::LockedRole;
use super::rules::{self, RoleVerb};
use super::types::{Role, RolePath};
use crate::access::change_log::merge_patch;
use crate::access::{ArrangeRoles, CircleAccess, CirclePath};
use crate::app::App;
use crate::entity::personal_token::TokenScope;
use crate::entity::role::{self, RoleKind};
use crate::entity::role_assignment::{self, RoleAssignmentState};
use crate::features::participation::members_in;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::platform::text::{EffortMinutes, Notes, Title};
use crate::problem::Problem;

merge_patch! {
    /// What to change of a role.
    #[schema(examples(json!({ "effort_minutes_per_week": 240, "description": null })))]
    #[schema(as = RoleChanges)]
    pub struct RolePatch for role {
        #[garde(skip)]
        kind: RoleKind,
        #[garde(dive)]
        title: Title | null,
        #[garde(dive)]
        description: Notes | null,
        #[garde(dive)]
        effort_minutes_per_week: EffortMinutes | null,
        /// Not `false` while several carry it.
        #[garde(skip)]
        shared: bool,
        #[garde(skip)]
        previously_carried_by_patient: bool,
    }
}

/// Change a role.
///
/// Without a title it is called after its kind again.
#[utoipa::path(
    patch, path = "/circles/{circle_id}/roles/{role_id}", tag = "roles",
    params(CirclePath, RolePath),
    security(("access_token" = [TokenScope::RolesWrite])),
    responses((status = OK, description = "The role", body = Role), Problem),
)]
pub async fn update_role(
    app: App,
    circle: CircleAccess<ArrangeRoles>,
    Path(path): Path<RolePath>,
    Json(changes): Json<RolePatch>,
) -> Result<Resource<Role>, Problem> {
    let mut role = LockedRole::open(&app, &circle, path.role_id).await?;
    role.check(RoleVerb::Change)?;
    let before = &role.row;
    let kind = changes.kind.unwrap_or(before.kind);
    let titled = match &changes.title {
        Some(title) => title.is_some(),
        None => before.title.is_some(),
    };
    if !titled && rules::default_title(kind).is_none() {
        return Err(rules::untitled());
    }
    let active = [RoleAssignmentState::Active];
    let carriers = members_in::<role_assignment::Entity>(&role.related, &active);
    if changes.shared == Some(false) && carriers.len() > 1 {
        let detail = "Several people carry it.";
        return Err(Problem::field("/shared", "several_holders", detail));
    }

    let mut row = before.clone().into_active_model();
    let fields = changes.write_to(&mut row);
    if !fields.is_empty() {
        role.save(RoleVerb::Change, row, fields.names()).await?;
    }
    role.respond().await
}
