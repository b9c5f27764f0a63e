//! What may happen to a role and to somebody's part in it, and who may do it:
//! one table for the answers' `actions` and for the verbs themselves.

use crate::access::{
    CircleScope, Facts, NoPart, Permission, may_end_role_part, may_revise_patient_part,
    may_withdraw_role_offer, verbs,
};
use crate::entity::ids::MemberId;
use crate::entity::role::{self, RoleKind, RoleState};
use crate::entity::role_assignment::{self, RoleAssignmentState};
use crate::features::participation::{Part, part_of_caller};
use crate::problem::Problem;

verbs! {
    /// Everything that can be done to a role.
    RoleVerb of RoleFacts: RoleState, NoPart {
        Change = "change" [Active], may_arrange, "changed";
        Offer = "offer" [Active], may_arrange, "offered";
        Take = "take" [Active], may_arrange, "taken";
        Retire = "retire" [Active => Retired], may_arrange, "retired";
        Revive = "revive" [Retired => Active], may_arrange, "revived";
    }
}

verbs! {
    /// Everything that can be done to somebody's part in a role.
    RolePartVerb of RolePartFacts: RoleAssignmentState, NoPart {
        Accept = "accept" [Offered => Active], may_answer, "accepted";
        Decline = "decline" [Offered => Declined], may_answer, "declined";
        Withdraw = "withdraw" [Offered => Withdrawn], may_withdraw, "withdrawn";
        End = "end" [Active => Ended], may_end, "ended";
        Change = "change" [Offered | Active], may_change, "changed";
    }
}

/// What decides about a role: its row, the open parts in it, and the caller.
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
        !(is_taken && verb == RoleVerb::Take)
    }
}

impl RoleFacts<'_> {
    fn may_arrange(&self) -> bool {
        self.scope.may(Permission::ArrangeRoles)
    }
}

/// What decides about somebody's part in a role: its row, and the caller.
pub struct RolePartFacts<'a> {
    pub scope: &'a CircleScope,
    pub part: &'a role_assignment::Model,
    /// Whether somebody else carries the role, whose part it does not take over.
    pub is_taken: bool,
}

impl Facts<RolePartVerb> for RolePartFacts<'_> {
    fn state(&self) -> RoleAssignmentState {
        self.part.state
    }

    fn is_open_to(&self, verb: RolePartVerb) -> bool {
        !(self.is_taken && verb == RolePartVerb::Accept)
    }
}

impl RolePartFacts<'_> {
    fn may_answer(&self) -> bool {
        self.scope.may(Permission::CarryRoles) && self.scope.is_member(self.part.member_id)
    }

    fn may_withdraw(&self) -> bool {
        may_withdraw_role_offer(self.scope, self.part)
    }

    fn may_end(&self) -> bool {
        may_end_role_part(self.scope, self.part)
    }

    fn may_change(&self) -> bool {
        self.may_change_time() || may_revise_patient_part(self.scope)
    }

    /// Whether the caller may say until when somebody carries the role.
    pub fn may_change_time(&self) -> bool {
        match self.part.state {
            RoleAssignmentState::Offered => self.may_withdraw(),
            _ => self.may_end(),
        }
    }
}

/// The parts in a role that are offered or active.
pub fn open_parts(
    parts: &[role_assignment::Model],
) -> impl Iterator<Item = &role_assignment::Model> {
    parts
        .iter()
        .filter(|part| role_assignment::Entity::is_open(part))
}

/// Whether somebody carries the role now.
pub fn is_carried(parts: &[role_assignment::Model]) -> bool {
    parts
        .iter()
        .any(|part| part.state == RoleAssignmentState::Active)
}

/// The caller's own part in a role, if it is offered or active.
pub fn my_assignment<'a>(
    scope: &CircleScope,
    parts: &'a [role_assignment::Model],
) -> Option<&'a role_assignment::Model> {
    part_of_caller::<role_assignment::Entity>(scope, open_parts(parts))
}

/// Whether the role leaves the patient when `to` carries it: it is taken over
/// from the patient, the patient was the last to carry it, or it was theirs
/// before and nobody else has carried it since.
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

/// What a role is called.
pub fn title(role: &role::Model) -> String {
    let given = role.title.as_deref();
    given
        .or(default_title(role.kind))
        .unwrap_or_default()
        .to_owned()
}

/// What a role of a kind is called when nobody says; `None` if somebody must.
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

/// The problem with a role that is called nothing.
pub fn untitled() -> Problem {
    Problem::field("/title", "missing", "A custom role needs a title.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Verb;

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
        let parts = table_of::<RolePartVerb>(RoleAssignmentState::ALL);
        let table = [roles, parts].join("\n");
        insta::assert_snapshot!(table, @r"
        active change active
        active offer active
        active take active
        active retire retired
        retired revive active

        offered accept active
        offered decline declined
        offered withdraw withdrawn
        active end ended
        offered change offered
        active change active
        ");
    }

    #[test]
    fn a_verb_is_in_effect_where_it_has_led() {
        assert!(RoleVerb::Retire.is_in_effect(RoleState::Retired, None));
        assert!(RolePartVerb::End.is_in_effect(RoleAssignmentState::Ended, None));
        for state in RoleAssignmentState::ALL {
            let is_in_effect = RolePartVerb::Change.is_in_effect(*state, None);
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
