//! `offer_role`: asks a member to carry a role, also in place of the person who carries it.

use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::locked::LockedRole;
use super::patient_part::PatientPartChoice;
use super::role_assignments::{self, NewPart};
use super::rules::RoleVerb;
use super::types::{Role, RolePath};
use crate::access::{ArrangeRoles, CircleAccess, CirclePath, Permission};
use crate::app::App;
use crate::entity::ids::{MemberId, RoleAssignmentId, TaskId};
use crate::entity::personal_token::TokenScope;
use crate::entity::role_assignment::{self, PatientPart, RoleAssignmentState};
use crate::features::participation::require_active;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::notifications;
use crate::platform::text::PatientPartText;
use crate::platform::time::civil::Day;
use crate::problem::Problem;

/// Whom to ask to carry a role.
///
/// When the role leaves the patient, `patient_part` says what the patient keeps.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "previous_assignment_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c47",
    "patient_part": "keeps",
    "patient_part_text": "Chooses the menu for the week."
})))]
pub struct RoleOffer {
    #[garde(skip)]
    pub member_id: MemberId,
    /// Default: the day on which it is accepted.
    #[serde(default)]
    #[garde(dive)]
    pub starts_on: Option<Day>,
    /// The last day; without it there is none.
    #[serde(default)]
    #[garde(dive)]
    pub ends_on: Option<Day>,
    /// The active assignment that this one is to take over: it ends when this
    /// one is accepted.
    #[serde(default)]
    #[garde(skip)]
    pub previous_assignment_id: Option<RoleAssignmentId>,
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

/// Offer a role to somebody.
///
/// They accept or decline; offered to yourself, it is yours. A role that somebody
/// carries is offered on by naming their assignment; else 409 `already_held`, unless the role is shared.
/// When it leaves the patient, `patient_part` says what the patient keeps.
#[utoipa::path(
    post, path = "/circles/{circle_id}/roles/{role_id}/offer", tag = "roles",
    params(CirclePath, RolePath),
    security(("access_token" = [TokenScope::RolesWrite])),
    responses((status = OK, description = "The role", body = Role), Problem),
)]
pub async fn offer_role(
    app: App,
    circle: CircleAccess<ArrangeRoles>,
    Path(path): Path<RolePath>,
    Json(offer): Json<RoleOffer>,
) -> Result<Resource<Role>, Problem> {
    let mut role = LockedRole::open(&app, &circle, path.role_id).await?;
    let member = require_active(&role.write, "/member_id", offer.member_id).await?;
    if role.part_of(member.id).is_some() {
        return role.respond().await;
    }
    role.check(RoleVerb::Offer)?;
    if !Permission::CarryRoles.is_given_to(member.access, member.is_patient) {
        let detail = "This person carries no roles.";
        return Err(Problem::field("/member_id", "cannot_take_part", detail));
    }
    let patient = PatientPartChoice::from(&offer);
    let time = (
        offer.starts_on.map(|Day(day)| day),
        offer.ends_on.map(|Day(day)| day),
    );
    let previous = role.previous(offer.previous_assignment_id)?;
    role.check_part(member.id, time, previous, &patient).await?;

    let offer = NewPart {
        to: member.id,
        starts_on: time.0,
        ends_on: time.1,
        previous: offer.previous_assignment_id,
        patient,
    };
    let notification = role_assignments::make_offer(&mut role.write, &role.row, offer).await?;
    notifications::notify(&role.write, vec![notification]).await?;
    role.touch_parts().await?;
    role.respond().await
}

impl LockedRole {
    /// The active part that is to be taken over.
    fn previous(
        &self,
        id: Option<RoleAssignmentId>,
    ) -> Result<Option<&role_assignment::Model>, Problem> {
        let Some(id) = id else {
            return Ok(None);
        };
        let is_it = |part: &&role_assignment::Model| {
            part.id == id && part.state == RoleAssignmentState::Active
        };
        self.related.iter().find(is_it).map(Some).ok_or_else(|| {
            let detail = "No such active assignment of this role.";
            Problem::field("/previous_assignment_id", "unknown_assignment", detail)
        })
    }
}
