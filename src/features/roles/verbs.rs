//! What happens to a role: offered, taken, retired, revived. Every verb that
//! is in effect already answers with the role as it is.

use chrono::NaiveDate;
use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::part_types::{RoleOffer, RoleTaking};
use super::patient_part::SaidOfPatient;
use super::rules::{self, RoleVerb};
use super::store::{self, NewOffer};
use super::types::{Role, RolePath};
use crate::access::change_log::Change;
use crate::access::{ArrangeRoles, CircleAccess, CirclePath, CircleWrite, Permission};
use crate::app::App;
use crate::entity::ids::{MemberId, RoleAssignmentId};
use crate::entity::membership::{self, MemberState};
use crate::entity::notice::NoticeKind;
use crate::entity::role;
use crate::entity::role_assignment::{self, RoleAssignmentState};
use crate::http::extract::{Json, Path};
use crate::http::response::Found;
use crate::notify::notifications::{self, News};
use crate::platform::time::civil::Day;
use crate::problem::{Conflict, Problem};

/// A role in hand, with everybody's part in it, under the circle's lock.
struct Hand {
    write: CircleWrite,
    role: role::Model,
    history: Vec<role_assignment::Model>,
}

impl Hand {
    async fn open(
        app: &App,
        circle: &CircleAccess<ArrangeRoles>,
        path: RolePath,
    ) -> Result<Self, Problem> {
        let write = app.begin_write(circle).await?;
        let role = write.require::<role::Entity>(path.role_id).await?;
        let history = store::history_of(&write, role.id).await?;
        Ok(Self {
            write,
            role,
            history,
        })
    }

    /// A member's part in the role, if it is offered or active.
    fn part_of(&self, member: MemberId) -> Option<&role_assignment::Model> {
        let mut open = self.history.iter().filter(|part| rules::is_open(part));
        open.find(|part| part.member_id == member)
    }

    /// Refuses what the caller has not seen, or what does not fit.
    fn check(&self, verb: RoleVerb) -> Result<(), Problem> {
        self.write.check_version(self.role.version)?;
        match verb.leads_to(self.role.state) {
            Some(_) => Ok(()),
            None => Err(self.does_not_fit()),
        }
    }

    fn does_not_fit(&self) -> Problem {
        let actions = rules::actions(self.write.scope(), &self.role, &self.history);
        Conflict::invalid_transition(self.role.state.as_str(), actions).into()
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
        self.history.iter().find(is_it).map(Some).ok_or_else(|| {
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
        patient: &SaidOfPatient,
    ) -> Result<(), Problem> {
        store::check_end(&self.write, starts_on, ends_on)?;
        patient.check(&self.write).await?;
        let is_patient = store::patient_of(&self.write).await?;
        let leaves_patient =
            rules::leaves_patient(&self.role, &self.history, previous, to, is_patient);
        patient.check_said(leaves_patient)
    }

    async fn set_state(&mut self, verb: RoleVerb, logged: &'static str) -> Result<(), Problem> {
        let mut row = self.role.clone().into_active_model();
        row.state = Set(verb.leads_to(self.role.state).unwrap_or(self.role.state));
        self.role = self.write.update::<role::Entity>(&self.role, row).await?;
        let change = Change::to::<role::Entity>(logged, &self.role);
        self.write.log(change.fields(vec!["state"])).await
    }

    async fn touch(&mut self) -> Result<(), Problem> {
        self.role = store::touch(&mut self.write, &self.role).await?;
        Ok(())
    }

    async fn answer(self) -> Result<Found<Role>, Problem> {
        let role = store::describe(self.write.tx(), self.write.scope(), self.role).await?;
        self.write.commit(Found::new(role)).await
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
    responses((status = OK, description = "The role", body = Role), Problem),
)]
pub async fn offer_role(
    app: App,
    circle: CircleAccess<ArrangeRoles>,
    Path(path): Path<RolePath>,
    Json(offer): Json<RoleOffer>,
) -> Result<Found<Role>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    let member = hand
        .write
        .find_one::<membership::Entity>(offer.member_id)
        .await?
        .filter(|member| member.state == MemberState::Active)
        .ok_or_else(|| Problem::field("/member_id", "unknown_member", "No such active member."))?;
    if hand.part_of(member.id).is_some() {
        return hand.answer().await;
    }
    hand.check(RoleVerb::Offer)?;
    if !Permission::CarryRoles.is_given_to(member.access, member.is_patient) {
        let detail = "This person carries no roles.";
        return Err(Problem::field("/member_id", "cannot_take_part", detail));
    }
    let patient = SaidOfPatient::from(&offer);
    let time = (
        offer.starts_on.map(|Day(day)| day),
        offer.ends_on.map(|Day(day)| day),
    );
    let previous = hand.previous(offer.previous_assignment_id)?;
    store::check_free(&hand.role, &hand.history, offer.previous_assignment_id)?;
    hand.check_part(member.id, time, previous, &patient).await?;

    let offer = NewOffer {
        to: member.id,
        starts_on: time.0,
        ends_on: time.1,
        previous: offer.previous_assignment_id,
        patient,
    };
    let news = store::make_offer(&mut hand.write, &hand.role, offer).await?;
    notifications::tell(&hand.write, vec![news]).await?;
    hand.touch().await?;
    hand.answer().await
}

/// Take a role oneself.
///
/// One carries it at once. What somebody else carries is 409 `already_held`,
/// unless the role is shared.
#[utoipa::path(
    post, path = "/circles/{circle_id}/roles/{role_id}/take", tag = "roles",
    params(CirclePath, RolePath),
    responses((status = OK, description = "The role", body = Role), Problem),
)]
pub async fn take_role(
    app: App,
    circle: CircleAccess<ArrangeRoles>,
    Path(path): Path<RolePath>,
    taking: Option<Json<RoleTaking>>,
) -> Result<Found<Role>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    let me = hand.write.scope().member_id().ok_or(Problem::NotFound)?;
    let mine = hand.part_of(me).map(|part| part.state);
    if mine == Some(RoleAssignmentState::Active) {
        return hand.answer().await;
    }
    hand.check(RoleVerb::Take)?;
    if mine.is_some() {
        return Err(hand.does_not_fit());
    }
    let taking = taking.map(|Json(body)| body).unwrap_or_default();
    let patient = SaidOfPatient::from(&taking);
    let time = (
        taking.starts_on.map(|Day(day)| day),
        taking.ends_on.map(|Day(day)| day),
    );
    store::check_free(&hand.role, &hand.history, None)?;
    hand.check_part(me, time, None, &patient).await?;

    let mut row = role_assignment::ActiveModel {
        id: Set(hand.write.new_id()),
        role_id: Set(hand.role.id),
        member_id: Set(me),
        state: Set(RoleAssignmentState::Active),
        starts_on: Set(time.0.or_else(|| Some(store::today(&hand.write)))),
        ends_on: Set(time.1),
        ended_on: Set(None),
        previous_assignment_id: Set(None),
        offered_by: Set(None),
        ..Default::default()
    };
    patient.write_to(&mut row);
    let part = hand.write.insert::<role_assignment::Entity>(row).await?;
    let change = Change::to::<role_assignment::Entity>("taken", &part);
    hand.write.log(change).await?;
    hand.touch().await?;
    hand.answer().await
}

/// Retire a role.
///
/// Nobody needs to carry it any more: what is active ends, what is offered is
/// withdrawn, and those who carried it are told. The timeline stays.
#[utoipa::path(
    post, path = "/circles/{circle_id}/roles/{role_id}/retire", tag = "roles",
    params(CirclePath, RolePath),
    responses((status = OK, description = "The role", body = Role), Problem),
)]
pub async fn retire_role(
    app: App,
    circle: CircleAccess<ArrangeRoles>,
    Path(path): Path<RolePath>,
) -> Result<Found<Role>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    if RoleVerb::Retire.is_in_effect(hand.role.state) {
        return hand.answer().await;
    }
    hand.check(RoleVerb::Retire)?;
    let today = store::today(&hand.write);
    for part in hand.history.iter().filter(|part| rules::is_open(part)) {
        let (_, change) = store::let_go(&hand.write, part, today).await?;
        hand.write.log(change).await?;
    }
    hand.set_state(RoleVerb::Retire, "retired").await?;
    let carried = |part: &&role_assignment::Model| part.state == RoleAssignmentState::Active;
    let carriers = hand.history.iter().filter(carried);
    let news = News::of_role(NoticeKind::Cancelled, &hand.role, hand.write.now());
    let news = news.to(carriers.map(|part| part.member_id));
    notifications::tell(&hand.write, vec![news]).await?;
    hand.answer().await
}

/// Revive a retired role.
///
/// Nobody carries it yet.
#[utoipa::path(
    post, path = "/circles/{circle_id}/roles/{role_id}/revive", tag = "roles",
    params(CirclePath, RolePath),
    responses((status = OK, description = "The role", body = Role), Problem),
)]
pub async fn revive_role(
    app: App,
    circle: CircleAccess<ArrangeRoles>,
    Path(path): Path<RolePath>,
) -> Result<Found<Role>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    if !RoleVerb::Revive.is_in_effect(hand.role.state) {
        hand.check(RoleVerb::Revive)?;
        hand.set_state(RoleVerb::Revive, "revived").await?;
    }
    hand.answer().await
}
