//! `update_role_assignment`: until when somebody carries a role, and what the patient keeps of it.
//! Two different rights, checked field by field.

use sea_orm::IntoActiveModel;

use super::super::locked::LockedRolePart;
use super::super::patient_part::PatientPartChoice;
use super::super::rules::RolePartVerb;
use super::store;
use super::types::{RoleAssignment, RoleAssignmentPath};
use crate::access::change_log::merge_patch;
use crate::access::{CarryRoles, CircleAccess, CirclePath, Permission, may_revise_patient_part};
use crate::app::App;
use crate::entity::ids::TaskId;
use crate::entity::personal_token::TokenScope;
use crate::entity::role_assignment::{self, PatientPart};
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::platform::text::PatientPartText;
use crate::platform::time::civil::Day;
use crate::problem::Problem;

merge_patch! {
    /// What to change of somebody's part in a role.
    #[schema(examples(json!({ "ends_on": "2027-03-31" })))]
    #[schema(as = RoleAssignmentChanges)]
    pub struct RoleAssignmentPatch for role_assignment {
        /// The last day.
        #[garde(dive)]
        ends_on: Day | null,
        /// For the patient and coordinators.
        #[garde(skip)]
        patient_part: PatientPart => elsewhere,
        /// With `keeps`.
        #[garde(dive)]
        patient_part_text: PatientPartText => elsewhere,
        /// With `task`.
        #[garde(skip)]
        patient_part_task_id: TaskId => elsewhere,
    }
}

/// Change one person's part in a role.
///
/// When it ends: by whoever carries it, for an offer by whoever made it, or by
/// a coordinator. What the patient keeps: by the patient or a coordinator.
#[utoipa::path(
    patch, path = "/circles/{circle_id}/role-assignments/{role_assignment_id}", tag = "roles",
    params(CirclePath, RoleAssignmentPath),
    security(("access_token" = [TokenScope::RolesWrite])),
    responses((status = OK, description = "The assignment", body = RoleAssignment), Problem),
)]
pub async fn update_role_assignment(
    app: App,
    circle: CircleAccess<CarryRoles>,
    Path(path): Path<RoleAssignmentPath>,
    Json(changes): Json<RoleAssignmentPatch>,
) -> Result<Resource<RoleAssignment>, Problem> {
    let mut part = LockedRolePart::open(&app, &circle, path.role_assignment_id).await?;
    let scope = part.write.scope();
    let patient = PatientPartChoice::from(&changes);
    let time_is_theirs = changes.ends_on.is_none() || part.facts().may_change_time();
    let patient_is_theirs = patient.is_empty() || may_revise_patient_part(scope);
    if !time_is_theirs || !patient_is_theirs {
        return Err(Permission::ManageRoles.refused());
    }
    part.check(RolePartVerb::Change)?;

    let mut row = part.row.clone().into_active_model();
    let ends_on = changes.ends_on.flatten().map(|Day(day)| day);
    let mut fields = changes.write_to(&mut row);
    if !fields.is_empty() {
        store::check_end(&part.write, part.row.starts_on, ends_on)?;
    }
    if !patient.is_empty() {
        let patient = patient.or_part_of(&part.row);
        patient.check(&part.write).await?;
        if patient.write_to(&mut row) {
            fields.note("patient_part");
        }
    }
    if !fields.is_empty() {
        part.save_part(RolePartVerb::Change, row, fields.names())
            .await?;
    }
    part.respond().await
}
