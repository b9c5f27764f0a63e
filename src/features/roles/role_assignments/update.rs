//! `update_role_assignment`: the last day, and what the patient keeps of the role.
//! Different members may change the two, so each field is checked.

use sea_orm::IntoActiveModel;

use super::super::locked::LockedRoleAssignment;
use super::super::patient_part::PatientPartChoice;
use super::super::rules::RoleAssignmentVerb;
use super::store;
use super::types::{RoleAssignment, RoleAssignmentPath};
use crate::access::change_log::merge_patch;
use crate::access::{CarryRoles, CircleAccess, CirclePath};
use crate::app::App;
use crate::entity::ids::TaskId;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::role_assignment::{self, PatientPartKind};
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::platform::text::PatientPartText;
use crate::platform::time::civil::Day;
use crate::problem::Problem;

merge_patch! {
    /// What to change in a role assignment.
    #[schema(examples(json!({ "ends_on": "2027-03-31" })))]
    #[schema(as = UpdateRoleAssignmentRequest)]
    pub struct RoleAssignmentPatch for role_assignment {
        /// The last day. Null for no end.
        #[garde(dive)]
        ends_on: Day | null,
        /// What the patient keeps of the role. Only the patient and coordinators change
        /// it.
        #[garde(skip)]
        patient_part: PatientPartKind => elsewhere,
        /// What the patient keeps, in words. Only with `text`.
        #[garde(dive)]
        patient_part_text: PatientPartText => elsewhere,
        /// The task that the patient keeps. Only with `task`.
        #[garde(skip)]
        patient_part_task_id: TaskId => elsewhere,
    }
}

/// Update a role assignment.
///
/// The last day of an active assignment is changed by the member who carries the role or
/// by a coordinator, the last day of an offer by the member who made it or by a
/// coordinator. What the patient keeps is changed by the patient or by a coordinator.
/// Nobody is told.
///
/// - 403 `forbidden`: you may not change one of the fields that you sent
/// - 409 `invalid_transition`: the assignment is neither offered nor active
/// - 422 `start_after_end`, `in_the_past`: `ends_on` is before `starts_on` or over
/// - 422 `only_patient_can_choose`: only the patient can choose `none_by_choice`
#[utoipa::path(
    patch, path = "/circles/{circle_id}/role-assignments/{role_assignment_id}", tag = "roles",
    params(CirclePath, RoleAssignmentPath),
    security(("personal_access_token" = [TokenScope::RolesWrite])),
    responses((status = OK, description = "The role assignment", body = RoleAssignment), Problem),
)]
pub async fn update_role_assignment(
    app: App,
    circle: CircleAccess<CarryRoles>,
    Path(path): Path<RoleAssignmentPath>,
    Json(changes): Json<RoleAssignmentPatch>,
) -> Result<Resource<RoleAssignment>, Problem> {
    let mut part = LockedRoleAssignment::open(&app, &circle, path.role_assignment_id).await?;
    let patient = PatientPartChoice::from(&changes);
    part.facts()
        .check_fields(changes.ends_on.is_some(), !patient.is_empty())?;
    part.check(RoleAssignmentVerb::Update)?;

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
        part.save_part(RoleAssignmentVerb::Update, row, fields.names())
            .await?;
    }
    part.respond().await
}
