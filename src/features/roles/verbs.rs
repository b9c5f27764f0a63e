//! What happens to a role: offered, taken, retired, revived. Every verb that
//! is in effect already answers with the role as it is.

use chrono::NaiveDate;
use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::locked::LockedRole;
use super::part_types::{RoleOffer, RoleTaking};
use super::patient_part::PatientPartChoice;
use super::rules::{self, RoleVerb};
use super::store::{self, NewOffer};
use super::subject::notification_of;
use super::types::{Role, RolePath};
use crate::access::change_log::Change;
use crate::access::{ArrangeRoles, CircleAccess, CirclePath, Permission};
use crate::app::App;
use crate::entity::ids::{MemberId, RoleAssignmentId};
use crate::entity::notification::NotificationKind;
use crate::entity::personal_token::TokenScope;
use crate::entity::role::RoleState;
use crate::entity::role_assignment::{self, RoleAssignmentState};
use crate::features::participation::{members_in, require_active};
use crate::http::extract::{Json, Path};
use crate::http::response::Found;
use crate::notify::notifications;
use crate::platform::time::civil::Day;
use crate::problem::Problem;

impl LockedRole {
    /// A member's part in the role, if it is offered or active.
    fn part_of(&self, member: MemberId) -> Option<&role_assignment::Model> {
        let mut open = self.related.iter().filter(|part| rules::is_open(part));
        open.find(|part| part.member_id == member)
    }

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

    /// Refuses a time that is over or ends before it begins, and silence about
    /// what the patient keeps.
    async fn check_part(
        &self,
        to: MemberId,
        (starts_on, ends_on): (Option<NaiveDate>, Option<NaiveDate>),
        previous: Option<&role_assignment::Model>,
        patient: &PatientPartChoice,
    ) -> Result<(), Problem> {
        store::check_end(&self.write, starts_on, ends_on)?;
        patient.check(&self.write).await?;
        let is_patient = store::patient_of(&self.write).await?;
        let leaves_patient =
            rules::leaves_patient(&self.row, &self.related, previous, to, is_patient);
        patient.check_said(leaves_patient)
    }

    async fn save_state(&mut self, verb: RoleVerb, state: RoleState) -> Result<(), Problem> {
        let mut row = self.row.clone().into_active_model();
        row.state = Set(state);
        self.save(verb, row, vec!["state"]).await
    }

    /// Counts the version up because somebody's part in it has changed.
    async fn touch_parts(&mut self) -> Result<(), Problem> {
        self.row = store::touch(&mut self.write, &self.row).await?;
        Ok(())
    }
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
) -> Result<Found<Role>, Problem> {
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
    store::check_free(&role.row, &role.related, offer.previous_assignment_id)?;
    role.check_part(member.id, time, previous, &patient).await?;

    let offer = NewOffer {
        to: member.id,
        starts_on: time.0,
        ends_on: time.1,
        previous: offer.previous_assignment_id,
        patient,
    };
    let notification = store::make_offer(&mut role.write, &role.row, offer).await?;
    notifications::notify(&role.write, vec![notification]).await?;
    role.touch_parts().await?;
    role.respond().await
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
) -> Result<Found<Role>, Problem> {
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
    store::check_free(&role.row, &role.related, None)?;
    role.check_part(me, time, None, &patient).await?;

    let mut row = role_assignment::ActiveModel {
        id: Set(role.write.new_id()),
        role_id: Set(role.row.id),
        member_id: Set(me),
        state: Set(RoleAssignmentState::Active),
        starts_on: Set(time.0.or_else(|| Some(store::today(&role.write)))),
        ends_on: Set(time.1),
        ended_on: Set(None),
        previous_assignment_id: Set(None),
        offered_by: Set(None),
        ..Default::default()
    };
    patient.write_to(&mut row);
    let part = role.write.insert::<role_assignment::Entity>(row).await?;
    let change = Change::to::<role_assignment::Entity>("taken", &part);
    role.write.log(change).await?;
    role.touch_parts().await?;
    role.respond().await
}

/// Retire a role.
///
/// Nobody needs to carry it any more: what is active ends, what is offered is
/// withdrawn, and those who carried it are told. The timeline stays.
#[utoipa::path(
    post, path = "/circles/{circle_id}/roles/{role_id}/retire", tag = "roles",
    params(CirclePath, RolePath),
    security(("access_token" = [TokenScope::RolesWrite])),
    responses((status = OK, description = "The role", body = Role), Problem),
)]
pub async fn retire_role(
    app: App,
    circle: CircleAccess<ArrangeRoles>,
    Path(path): Path<RolePath>,
) -> Result<Found<Role>, Problem> {
    let mut role = LockedRole::open(&app, &circle, path.role_id).await?;
    if !role.begins(RoleVerb::Retire)? {
        return role.respond().await;
    }
    let today = store::today(&role.write);
    for part in role.related.iter().filter(|part| rules::is_open(part)) {
        let (_, change) = store::let_go(&role.write, part, today).await?;
        role.write.log(change).await?;
    }
    role.save_state(RoleVerb::Retire, RoleState::Retired)
        .await?;
    let active = [RoleAssignmentState::Active];
    let carriers = members_in::<role_assignment::Entity>(&role.related, &active);
    let notification = notification_of(
        &role.write,
        NotificationKind::Cancelled,
        &role.row,
        role.write.now(),
    );
    let notification = notification.to(carriers);
    notifications::notify(&role.write, vec![notification]).await?;
    role.respond().await
}

/// Revive a retired role.
///
/// Nobody carries it yet.
#[utoipa::path(
    post, path = "/circles/{circle_id}/roles/{role_id}/revive", tag = "roles",
    params(CirclePath, RolePath),
    security(("access_token" = [TokenScope::RolesWrite])),
    responses((status = OK, description = "The role", body = Role), Problem),
)]
pub async fn revive_role(
    app: App,
    circle: CircleAccess<ArrangeRoles>,
    Path(path): Path<RolePath>,
) -> Result<Found<Role>, Problem> {
    let mut role = LockedRole::open(&app, &circle, path.role_id).await?;
    if role.begins(RoleVerb::Revive)? {
        role.save_state(RoleVerb::Revive, RoleState::Active).await?;
    }
    role.respond().await
}
