//! `take_role`: the caller carries a role from now on, without an offer.

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
use crate::entity::personal_token::TokenScope;
use crate::entity::role_assignment::{self, PatientPart, RoleAssignmentState};
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::platform::text::PatientPartText;
use crate::platform::time::civil::Day;
use crate::problem::Problem;

/// How one takes a role.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "ends_on": "2027-03-31", "patient_part": "ask_later" })))]
pub struct RoleTaking {
    /// Default: today.
    #[serde(default)]
    #[garde(dive)]
    pub starts_on: Option<Day>,
    /// The last day; without it there is none.
    #[serde(default)]
    #[garde(dive)]
    pub ends_on: Option<Day>,
    #[serde(default)]
    #[garde(skip)]
    pub patient_part: Option<PatientPart>,
    /// With `keeps`.
    #[serde(default)]
    #[garde(dive)]
    pub patient_part_text: Option<PatientPartText>,
    /// With `task`.
    #[serde(default)]
    #[garde(skip)]
    pub patient_part_task_id: Option<TaskId>,
}

/// Take a role oneself.
///
/// One carries it at once. What somebody else carries is 409 `already_held`,
/// unless the role is shared.
#[utoipa::path(
    post, path = "/circles/{circle_id}/roles/{role_id}/take", tag = "roles",
    params(CirclePath, RolePath),
    security(("access_token" = [TokenScope::RolesWrite])),
    responses((status = OK, description = "The role", body = Role), Problem),
)]
pub async fn take_role(
    app: App,
    circle: CircleAccess<ArrangeRoles>,
    Path(path): Path<RolePath>,
    taking: Option<Json<RoleTaking>>,
) -> Result<Resource<Role>, Problem> {
    let mut role = LockedRole::open(&app, &circle, path.role_id).await?;
    let me = role.write.scope().member_id().ok_or(Problem::NotFound)?;
    let my_assignment = role.part_of(me).map(|part| part.state);
    if my_assignment == Some(RoleAssignmentState::Active) {
        return role.respond().await;
    }
    role.check(RoleVerb::Take)?;
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
    let change = Change::to::<role_assignment::Entity>("taken", &part);
    role.write.log(change).await?;
    role.touch_parts().await?;
    role.respond().await
}
