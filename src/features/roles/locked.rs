//! A role, or one assignment of it, that a request changes, under the circle's lock.

use chrono::NaiveDate;
use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::patient_part::PatientPartChoice;
use super::role_assignments::{self, RoleAssignment, RoleOfPart};
use super::rules::{self, RoleAssignmentFacts, RoleAssignmentVerb, RoleFacts, RoleVerb};
use super::store;
use super::types::Role;
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Lockable, Locked, patient_id_of};
use crate::entity::ids::{MemberId, RoleAssignmentId};
use crate::entity::role::{self, RoleState};
use crate::entity::role_assignment;
use crate::features::participation::{part, part_of};
use crate::problem::Problem;

/// A role, with all its assignments, past ones included, under the circle's lock.
pub(super) type LockedRole = Locked<role::Entity>;

/// One assignment, with its role, under the circle's lock.
pub(super) type LockedRoleAssignment = Locked<role_assignment::Entity>;

impl Lockable for role::Entity {
    type Related = Vec<role_assignment::Model>;
    type Verb = RoleVerb;
    type Answer = Role;

    async fn related(write: &CircleWrite, row: &role::Model) -> Result<Self::Related, Problem> {
        store::history_of(write, row.id).await
    }

    fn facts<'a>(
        scope: &'a CircleScope,
        role: &'a role::Model,
        parts: &'a Self::Related,
    ) -> RoleFacts<'a> {
        RoleFacts { scope, role, parts }
    }

    fn shown(change: Change, _: &role::Model, _: &Self::Related) -> Change {
        change
    }

    async fn describe(
        write: &CircleWrite,
        row: role::Model,
        _: &Self::Related,
    ) -> Result<Role, Problem> {
        store::describe(write.tx(), write.scope(), row).await
    }
}

impl Lockable for role_assignment::Entity {
    type Related = RoleOfPart;
    type Verb = RoleAssignmentVerb;
    type Answer = RoleAssignment;

    async fn related(
        write: &CircleWrite,
        row: &role_assignment::Model,
    ) -> Result<RoleOfPart, Problem> {
        Ok(Self::read(write, row.id).await?.1)
    }

    async fn read(
        write: &CircleWrite,
        id: RoleAssignmentId,
    ) -> Result<(role_assignment::Model, RoleOfPart), Problem> {
        role_assignments::read_with_role(write, id).await
    }

    fn facts<'a>(
        scope: &'a CircleScope,
        part: &'a role_assignment::Model,
        _: &'a RoleOfPart,
    ) -> RoleAssignmentFacts<'a> {
        RoleAssignmentFacts {
            scope,
            part,
            is_taken: false,
        }
    }

    fn shown(change: Change, _: &role_assignment::Model, _: &RoleOfPart) -> Change {
        change
    }

    async fn describe(
        write: &CircleWrite,
        row: role_assignment::Model,
        related: &RoleOfPart,
    ) -> Result<RoleAssignment, Problem> {
        role_assignments::describe_locked(write, row, related).await
    }
}

part! {
    role_assignment of role by role_id(RoleId),
    RoleAssignmentState in state(State): Offered => Active,
    asked by offered_by_member_id
}

impl LockedRole {
    /// A member's assignment of the role, if it is offered or active.
    pub fn part_of(&self, member: MemberId) -> Option<&role_assignment::Model> {
        part_of::<role_assignment::Entity>(rules::open_parts(&self.related), member)
    }

    /// Refuses a second holder of a role that is not shared, a last day that is over or
    /// before the first, and a role that leaves the patient without saying what they
    /// keep.
    pub async fn check_part(
        &self,
        to: MemberId,
        (starts_on, ends_on): (Option<NaiveDate>, Option<NaiveDate>),
        previous: Option<&role_assignment::Model>,
        patient: &PatientPartChoice,
    ) -> Result<(), Problem> {
        let previous_id = previous.map(|part| part.id);
        role_assignments::check_free(&self.row, &self.related, previous_id)?;
        role_assignments::check_end(&self.write, starts_on, ends_on)?;
        patient.check(&self.write).await?;
        let patient_member = patient_id_of(self.write.tx(), self.write.scope()).await?;
        let leaves_patient =
            rules::leaves_patient(&self.row, &self.related, previous, to, patient_member);
        patient.check_given(leaves_patient)
    }

    /// Puts the role into a state, when the transaction commits.
    pub async fn save_state(&mut self, verb: RoleVerb, state: RoleState) -> Result<(), Problem> {
        let mut row = self.row.clone().into_active_model();
        row.state = Set(state);
        self.save_later(verb, row, vec!["state"]).await
    }

    /// Counts the version up because one of its assignments changed.
    pub async fn touch_parts(&mut self) -> Result<(), Problem> {
        self.row = store::touch(&mut self.write, &self.row).await?;
        Ok(())
    }
}

impl LockedRoleAssignment {
    /// Writes the assignment, and counts the version of its role up.
    pub async fn save_part(
        &mut self,
        verb: RoleAssignmentVerb,
        row: role_assignment::ActiveModel,
        fields: Vec<&'static str>,
    ) -> Result<(), Problem> {
        self.save_later(verb, row, fields).await?;
        self.touch_role().await
    }

    /// Ends an active assignment today, or withdraws an offer.
    pub async fn end_today(&mut self) -> Result<(), Problem> {
        let today = store::today(&self.write);
        let (part, change) =
            role_assignments::end_or_withdraw_later(&self.write, &self.row, today)?;
        self.row = part;
        self.write.log(change).await?;
        self.touch_role().await
    }

    /// Counts the version of its role up.
    pub async fn touch_role(&mut self) -> Result<(), Problem> {
        self.related.role = store::touch(&mut self.write, &self.related.role).await?;
        Ok(())
    }
}
