//! `update_role`: the title and effort of a role, and whether several members may carry
//! it.

use sea_orm::IntoActiveModel;

use super::locked::LockedRole;
use super::rules::{self, RoleVerb};
use super::types::{Role, RolePath};
use crate::access::change_log::merge_patch;
use crate::access::{ArrangeRoles, CircleAccess, CirclePath};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::role::{self, RoleKind};
use crate::entity::role_assignment::{self, RoleAssignmentState};
use crate::features::participation::members_in;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::platform::text::{EffortMinutes, Notes, Title};
use crate::problem::{FieldError, FieldErrorCode, Problem};

merge_patch! {
    /// What to change in a role.
    #[schema(examples(json!({ "effort_minutes_per_week": 240, "description": null })))]
    #[schema(as = UpdateRoleRequest)]
    pub struct RolePatch for role {
        /// The kind of role.
        #[garde(skip)]
        kind: RoleKind,
        /// What the role is called. Null for the title of its kind.
        #[garde(dive)]
        title: Title | null,
        /// What else to know about the role.
        #[garde(dive)]
        description: Notes | null,
        /// How long it takes each week, in minutes.
        #[garde(dive)]
        effort_minutes_per_week: EffortMinutes | null,
        /// Whether several members may carry it at the same time. `false` only while at
        /// most one member carries it.
        #[garde(skip)]
        shared: bool,
        /// Whether the patient carried it before.
        #[garde(skip)]
        previously_carried_by_patient: bool,
    }
}

/// Update a role.
///
/// If you clear the title, the role is called after its kind again. Its assignments stay
/// as they are, and nobody is told.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can change a role
/// - 409 `invalid_transition`: the role is archived
/// - 422 `required`: a `custom` role needs a `title`
/// - 422 `several_assignments`: several members carry it, so it must stay `shared`
#[utoipa::path(
    patch, path = "/circles/{circle_id}/roles/{role_id}", tag = "roles",
    params(CirclePath, RolePath),
    security(("personal_access_token" = [TokenScope::RolesWrite])),
    responses((status = OK, description = "The role", body = Role), Problem),
)]
pub async fn update_role(
    app: App,
    circle: CircleAccess<ArrangeRoles>,
    Path(path): Path<RolePath>,
    Json(changes): Json<RolePatch>,
) -> Result<Resource<Role>, Problem> {
    let mut role = LockedRole::open(&app, &circle, path.role_id).await?;
    role.check(RoleVerb::Update)?;
    let before = &role.row;
    let kind = changes.kind.unwrap_or(before.kind);
    let titled = match &changes.title {
        Some(title) => title.is_some(),
        None => before.title.is_some(),
    };
    let mut errors = Vec::new();
    if !titled && rules::default_title(kind).is_none() {
        errors.push(rules::untitled());
    }
    let active = [RoleAssignmentState::Active];
    let carriers = members_in::<role_assignment::Entity>(&role.related, &active);
    if changes.shared == Some(false) && carriers.len() > 1 {
        let detail = "Several members carry this role. Release all but one of them first.";
        errors.push(FieldError::new(
            "/shared",
            FieldErrorCode::SeveralAssignments,
            detail,
        ));
    }
    if !errors.is_empty() {
        return Err(Problem::Invalid(errors));
    }

    let mut row = before.clone().into_active_model();
    let fields = changes.write_to(&mut row);
    if !fields.is_empty() {
        role.save(RoleVerb::Update, row, fields.names()).await?;
    }
    role.respond().await
}
