//! What may happen to a role and its assignments, and who may do it. The same table
//! decides about `actions` in answers and about the verbs.

use crate::access::{
    CircleScope, Facts, NoPart, Permission, Refusal, Verb, may_end_role_part,
    may_revise_patient_part, may_withdraw_role_offer, verbs,
};
use crate::entity::ids::MemberId;
use crate::entity::role::{self, RoleKind, RoleState};
use crate::entity::role_assignment::{self, RoleAssignmentState};
use crate::features::participation::{Part, part_of_caller};
use crate::problem::{FieldError, FieldErrorCode, Problem};

verbs! {
    /// Everything that can be done to a role.
    RoleVerb as RoleAction of RoleFacts, "this role": RoleState, NoPart {
        Update = "update" [Active], may_arrange, "updated";
        Offer = "offer" [Active], may_arrange, "offered", "offer {} to a member";
        Claim = "claim" [Active], may_arrange, "claimed";
        Archive = "archive" [Active => Archived], may_arrange, "archived";
        Unarchive = "unarchive" [Archived => Active], may_arrange, "unarchived";
    }
}

verbs! {
    /// Everything that can be done to a role assignment.
    RoleAssignmentVerb as RoleAssignmentAction of RoleAssignmentFacts, "this role assignment": RoleAssignmentState, NoPart {
        Accept = "accept" [Offered => Active], may_answer, "accepted";
        Decline = "decline" [Offered => Declined], may_answer, "declined";
        Withdraw = "withdraw" [Offered => Withdrawn], may_withdraw, "withdrawn";
        Release = "release" [Active => Ended], may_end, "released";
        Update = "update" [Offered | Active], may_change, "updated";
        HandOver = "hand_over" [Active], may_hand_over, "updated", "hand {} over";
    }
}

/// What the rules of a role depend on: its row, its open assignments and the caller.
pub struct RoleFacts<'a> {
    pub scope: &'a CircleScope,
    pub role: &'a role::Model,
    pub parts: &'a [role_assignment::Model],
}

impl Facts<RoleVerb> for RoleFacts<'_> {
    fn state(&self) -> RoleState {
        self.role.state
    }

    fn is_open_to(&self, verb: RoleVerb) -> bool {
        let is_taken = !self.role.shared && is_carried(self.parts)
            || my_assignment(self.scope, self.parts).is_some();
        !(is_taken && verb == RoleVerb::Claim)
    }
}

impl RoleFacts<'_> {
    fn may_arrange(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::ArrangeRoles)
    }
}

/// What the rules of a role assignment depend on: its row and the caller.
pub struct RoleAssignmentFacts<'a> {
    pub scope: &'a CircleScope,
    pub part: &'a role_assignment::Model,
    /// Whether another member carries the role, and this assignment does not take over
    /// from them.
    pub is_taken: bool,
}

impl Facts<RoleAssignmentVerb> for RoleAssignmentFacts<'_> {
    fn state(&self) -> RoleAssignmentState {
        self.part.state
    }

    fn is_open_to(&self, verb: RoleAssignmentVerb) -> bool {
        match verb {
            RoleAssignmentVerb::Accept => !self.is_taken,
            RoleAssignmentVerb::HandOver => !self.part.is_handing_over,
            _ => true,
        }
    }
}

impl RoleAssignmentFacts<'_> {
    fn may_answer(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::CarryRoles)?;
        if self.scope.is_member(self.part.member_id) {
            return Ok(());
        }
        Err(Refusal::only("the member to whom the role was offered"))
    }

    fn may_withdraw(&self) -> Result<(), Refusal> {
        may_withdraw_role_offer(self.scope, self.part)
    }

    fn may_end(&self) -> Result<(), Refusal> {
        may_end_role_part(self.scope, self.part)
    }

    fn may_hand_over(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::HandOver)?;
        if self.scope.is_member(self.part.member_id) {
            return Ok(());
        }
        Err(Refusal::only("the member who carries the role"))
    }

    fn may_change(&self) -> Result<(), Refusal> {
        let time = self.may_change_time();
        if time.is_ok() || may_revise_patient_part(self.scope).is_ok() {
            return Ok(());
        }
        time.map_err(|refusal| refusal.or("the patient"))
    }

    /// Refuses a caller who may not change the last day, if the request changes it, or what the
    /// patient keeps, if the request changes that.
    pub fn check_fields(&self, time: bool, patient_part: bool) -> Result<(), Problem> {
        let thing = RoleAssignmentVerb::THING;
        if time {
            let deed = "change the last day of {}";
            self.may_change_time()
                .map_err(|refusal| refusal.told(deed, thing))?;
        }
        if patient_part {
            let (deed, thing) = ("change what the patient keeps of {}", RoleVerb::THING);
            may_revise_patient_part(self.scope).map_err(|refusal| refusal.told(deed, thing))?;
        }
        Ok(())
    }

    /// Whether the caller may change the last day, or why not.
    fn may_change_time(&self) -> Result<(), Refusal> {
        match self.part.state {
            RoleAssignmentState::Offered => self.may_withdraw(),
            _ => self.may_end(),
        }
    }
}

/// The assignments that are offered or active.
pub fn open_parts(
    parts: &[role_assignment::Model],
) -> impl Iterator<Item = &role_assignment::Model> {
    parts
        .iter()
        .filter(|part| role_assignment::Entity::is_open(part))
}

/// Whether a member carries the role now.
pub fn is_carried(parts: &[role_assignment::Model]) -> bool {
    parts
        .iter()
        .any(|part| part.state == RoleAssignmentState::Active)
}

/// The caller's own assignment of a role, if it is offered or active.
pub fn my_assignment<'a>(
    scope: &CircleScope,
    parts: &'a [role_assignment::Model],
) -> Option<&'a role_assignment::Model> {
    part_of_caller::<role_assignment::Entity>(scope, open_parts(parts))
}

/// Whether the role leaves the patient when `to` carries it: `to` takes it over from the
/// patient, or the patient was the last to carry it, or the patient carried it before and
/// nobody else since.
pub fn leaves_patient(
    role: &role::Model,
    history: &[role_assignment::Model],
    previous: Option<&role_assignment::Model>,
    to: MemberId,
    patient: Option<MemberId>,
) -> bool {
    if patient == Some(to) {
        return false;
    }
    let was_carried = |part: &&role_assignment::Model| {
        matches!(
            part.state,
            RoleAssignmentState::Active | RoleAssignmentState::Ended
        )
    };
    let is_patients = |part: &role_assignment::Model| Some(part.member_id) == patient;
    let mut carried = history.iter().filter(was_carried);
    let last = carried.clone().max_by_key(|part| part.updated_at);
    let before = previous.or(last.filter(|_| !is_carried(history)));
    before.is_some_and(is_patients)
        || role.previously_carried_by_patient && carried.all(is_patients)
}

/// The title of a role: its own, or that of its kind.
pub fn title(role: &role::Model) -> String {
    let given = role.title.as_deref();
    given
        .or(default_title(role.kind))
        .unwrap_or_default()
        .to_owned()
}

/// The title of a role for which nobody chose one; `None` if a title is required.
pub fn default_title(kind: RoleKind) -> Option<&'static str> {
    Some(match kind {
        RoleKind::Medication => "Medicines",
        RoleKind::Transport => "Driving",
        RoleKind::Meals => "Meals",
        RoleKind::FinanceInsurance => "Money and insurance",
        RoleKind::ChildCare => "Child care",
        RoleKind::Pets => "Pets",
        RoleKind::Household => "Household",
        RoleKind::Communication => "Keeping others informed",
        RoleKind::NightCare => "Nights",
        RoleKind::Appointments => "Appointments",
        RoleKind::Custom => return None,
    })
}

/// The refusal of a role without a title.
pub fn untitled() -> FieldError {
    FieldError::new(
        "/title",
        FieldErrorCode::Required,
        "A `custom` role needs a title. Send one.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every state from which each verb starts, and the state that it leads to.
    fn table_of<V: Verb>(states: &[V::State]) -> String {
        let mut table = String::new();
        for verb in V::ALL {
            for from in states.iter().filter(|from| verb.fits(**from, None)) {
                let to = verb.rule().to.unwrap_or(*from);
                let row = [V::name_of(*from), verb.action(), V::name_of(to)];
                table.extend([row.join(" ").as_str(), "\n"]);
            }
        }
        table
    }

    #[test]
    fn roles_and_parts_follow_one_table() {
        let roles = table_of::<RoleVerb>(RoleState::ALL);
        let parts = table_of::<RoleAssignmentVerb>(RoleAssignmentState::ALL);
        let table = [roles, parts].join("\n");
        insta::assert_snapshot!(table, @r"
        active update active
        active offer active
        active claim active
        active archive archived
        archived unarchive active

        offered accept active
        offered decline declined
        offered withdraw withdrawn
        active release ended
        offered update offered
        active update active
        active hand_over active
        ");
    }

    #[test]
    fn a_verb_is_in_effect_where_it_has_led() {
        assert!(RoleVerb::Archive.is_in_effect(RoleState::Archived, None));
        assert!(RoleAssignmentVerb::Release.is_in_effect(RoleAssignmentState::Ended, None));
        for state in RoleAssignmentState::ALL {
            let is_in_effect = RoleAssignmentVerb::Update.is_in_effect(*state, None);
            assert!(!is_in_effect, "{state:?}");
        }
    }

    #[test]
    fn only_a_custom_role_must_be_named() {
        let nameless = RoleKind::ALL
            .iter()
            .filter(|kind| default_title(**kind).is_none());
        assert_eq!(nameless.collect::<Vec<_>>(), [&RoleKind::Custom]);
    }
}
