//! `offer_role`: asks a member to carry a role, also in place of the member who carries
//! it.

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
use crate::entity::personal_access_token::TokenScope;
use crate::entity::role_assignment::{self, PatientPartKind, RoleAssignmentState};
use crate::features::participation::require_active;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::notifications;
use crate::platform::text::PatientPartText;
use crate::platform::time::civil::Day;
use crate::problem::{FieldErrorCode, Problem};

/// The member to whom a role is offered.
///
/// If the role was the patient's, `patient_part` says what the patient keeps of it.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "previous_assignment_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c47",
    "patient_part": "text",
    "patient_part_text": "Chooses the menu for the week."
})))]
pub struct OfferRoleRequest {
    /// The id of an active member who may carry roles.
    #[garde(skip)]
    pub member_id: MemberId,
    /// The first day. Default: the day on which it is accepted.
    #[serde(default)]
    #[garde(dive)]
    pub starts_on: Option<Day>,
    /// The last day. Without it the role has no end.
    #[serde(default)]
    #[garde(dive)]
    pub ends_on: Option<Day>,
    /// The active assignment that the member takes over. It ends when they accept.
    #[serde(default)]
    #[garde(skip)]
    pub previous_assignment_id: Option<RoleAssignmentId>,
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

/// Offer a role to a member.
///
/// The member is told, and accepts or declines. If you offer the role to yourself, you
/// carry it at once. If a member carries it now, name their assignment in
/// `previous_assignment_id`: it ends when the new member accepts. If the member has the
/// role or was asked already, nothing changes.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can offer a role
/// - 409 `invalid_transition`: the role is archived
/// - 409 `already_assigned`: another member carries it, you do not name their assignment, and
///   the role is not shared
/// - 422 `unknown_member`, `member_cannot_take_part`: the member is not active or is a viewer
/// - 422 `required`: the role was the patient's, so send `patient_part`
/// - 422 `only_patient_can_choose`: only the patient can choose `none_by_choice`
/// - 422 `start_after_end`, `in_the_past`: `ends_on` is before `starts_on` or over
#[utoipa::path(
    post, path = "/circles/{circle_id}/roles/{role_id}/offer", tag = "roles",
    params(CirclePath, RolePath),
    security(("personal_access_token" = [TokenScope::RolesWrite])),
    responses((status = OK, description = "The role", body = Role), Problem),
)]
pub async fn offer_role(
    app: App,
    circle: CircleAccess<ArrangeRoles>,
    Path(path): Path<RolePath>,
    Json(offer): Json<OfferRoleRequest>,
) -> Result<Resource<Role>, Problem> {
    let mut role = LockedRole::open(&app, &circle, path.role_id).await?;
    let member = require_active(&role.write, "/member_id", offer.member_id).await;
    if let Ok(member) = &member
        && role.part_of(member.id).is_some()
    {
        return role.respond().await;
    }
    role.check(RoleVerb::Offer)?;
    let previous = role.previous(offer.previous_assignment_id);
    let (member, previous) = Problem::both(member, previous)?;
    if !Permission::CarryRoles.is_given_to(member.access, member.is_patient) {
        let detail = "This member is a viewer and cannot carry roles. Name another member.";
        return Err(Problem::field(
            "/member_id",
            FieldErrorCode::MemberCannotTakePart,
            detail,
        ));
    }
    let patient = PatientPartChoice::from(&offer);
    let time = (
        offer.starts_on.map(|Day(day)| day),
        offer.ends_on.map(|Day(day)| day),
    );
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
    /// The active assignment that the offer takes over.
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
            let detail = "This is no active assignment of this role. Send the id of an active assignment, or null.";
            Problem::field(
                "/previous_assignment_id",
                FieldErrorCode::UnknownRoleAssignment,
                detail,
            )
        })
    }
}
