//! `claim_role`: the caller carries a role from now on, without an offer.

use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::locked::LockedRole;
use super::patient_part::PatientPartChoice;
use super::role_assignments::{NewPart, insert_part};
use super::rules::RoleVerb;
use super::store;
use super::types::{Role, RolePath};
use crate::access::change_log::Change;
use crate::access::{ArrangeRoles, CircleAccess, CirclePath};
use crate::app::App;
use crate::entity::ids::TaskId;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::role_assignment::{self, PatientPartKind, RoleAssignmentState};
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::platform::text::PatientPartText;
use crate::platform::time::civil::Day;
use crate::problem::Problem;

/// From when until when you carry the role, and what the patient keeps of it.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "ends_on": "2027-03-31", "patient_part": "ask_later" })))]
pub struct ClaimRoleRequest {
    /// The first day. Default: today.
    #[serde(default)]
    #[garde(dive)]
    pub starts_on: Option<Day>,
    /// The last day. Without it the role has no end.
    #[serde(default)]
    #[garde(dive)]
    pub ends_on: Option<Day>,
    /// What the patient keeps of the role. Required if the role was the patient's.
    #[serde(default)]
    #[garde(skip)]
    pub patient_part: Option<PatientPartKind>,
    /// What the patient keeps, in words. Only with `text`.
    #[serde(default)]
    #[garde(dive)]
    pub patient_part_text: Option<PatientPartText>,
    /// The task that the patient keeps. Only with `task`.
    #[serde(default)]
    #[garde(skip)]
    pub patient_part_task_id: Option<TaskId>,
}

/// Claim a role.
///
/// You carry it at once. Nobody is told. The body may be left out, except for a role that
/// was the patient's.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can claim a role
/// - 409 `invalid_transition`: the role is archived, or it is offered to you: accept the
///   offer instead
/// - 409 `already_assigned`: another member carries it, and the role is not shared
/// - 422 `required`: the role was the patient's, so send `patient_part`
/// - 422 `only_patient_can_choose`: only the patient can choose `none_by_choice`
/// - 422 `start_after_end`, `in_the_past`: `ends_on` is before `starts_on` or over
#[utoipa::path(
    post, path = "/circles/{circle_id}/roles/{role_id}/claim", tag = "roles",
    params(CirclePath, RolePath),
    security(("personal_access_token" = [TokenScope::RolesWrite])),
    responses((status = OK, description = "The role", body = Role), Problem),
)]
pub async fn claim_role(
    app: App,
    circle: CircleAccess<ArrangeRoles>,
    Path(path): Path<RolePath>,
    taking: Option<Json<ClaimRoleRequest>>,
) -> Result<Resource<Role>, Problem> {
    let mut role = LockedRole::open(&app, &circle, path.role_id).await?;
    let me = role.write.scope().member_id().ok_or(Problem::NotFound)?;
    let my_assignment = role.part_of(me).map(|part| part.state);
    if my_assignment == Some(RoleAssignmentState::Active) {
        return role.respond().await;
    }
    role.check(RoleVerb::Claim)?;
    if my_assignment.is_some() {
        return Err(role.does_not_fit());
    }
    let taking = taking.map(|Json(body)| body).unwrap_or_default();
    let patient = PatientPartChoice::from(&taking);
    let time = (
        taking.starts_on.map(|Day(day)| day),
        taking.ends_on.map(|Day(day)| day),
    );
    role.check_part(me, time, None, &patient).await?;

    let new = NewPart {
        to: me,
        starts_on: time.0.or_else(|| Some(store::today(&role.write))),
        ends_on: time.1,
        previous: None,
        patient,
    };
    let state = RoleAssignmentState::Active;
    let part = insert_part(&role.write, &role.row, new, state, None).await?;
    let change = Change::to::<role_assignment::Entity>("claimed", &part);
    role.write.log(change).await?;
    role.touch_parts().await?;
    role.respond().await
}
