//! What may happen to a role and to somebody's part in it, and who may do it:
//! one table for the answers' `actions` and for the verbs themselves.

use crate::access::{
    CircleScope, Permission, may_end_role_part, may_revise_patient_part, may_take_back_role_offer,
};
use crate::entity::ids::MemberId;
use crate::entity::role::{self, RoleKind, RoleState};
use crate::entity::role_assignment::{self, RoleAssignmentState};

macro_rules! verbs {
    ($(#[doc = $doc:literal])+ $name:ident of $state:ident {
        $($verb:ident = $value:literal: [$($from:ident => $to:ident),+],)+
    }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($verb,)+
        }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$verb,)+];

            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$verb => $value,)+
                }
            }

            /// The state it leads to; `None` if it does not fit.
            pub fn leads_to(self, from: $state) -> Option<$state> {
                match (self, from) {
                    $($((Self::$verb, $state::$from) => Some($state::$to),)+)+
                    _ => None,
                }
            }

            /// Whether all it could do is done already.
            pub fn is_in_effect(self, state: $state) -> bool {
                let leads_here = |from: &$state| self.leads_to(*from) == Some(state);
                self.leads_to(state).is_none() && $state::ALL.iter().any(leads_here)
            }
        }
    };
}

verbs! {
    /// Everything that can be done to a role.
    RoleVerb of RoleState {
        Change = "change": [Active => Active],
        Offer = "offer": [Active => Active],
        Take = "take": [Active => Active],
        Retire = "retire": [Active => Retired],
        Revive = "revive": [Retired => Active],
    }
}

verbs! {
    /// Everything that can be done to somebody's part in a role.
    PartVerb of RoleAssignmentState {
        Accept = "accept": [Offered => Active],
        Decline = "decline": [Offered => Declined],
        Withdraw = "withdraw": [Offered => Withdrawn],
        End = "end": [Active => Ended],
        Change = "change": [Offered => Offered, Active => Active],
    }
}

impl PartVerb {
    /// Whether the caller may, as far as rights go.
    pub fn allowed(self, scope: &CircleScope, part: &role_assignment::Model) -> bool {
        match self {
            Self::Accept | Self::Decline => {
                scope.may(Permission::CarryRoles) && scope.is_member(part.member_id)
            }
            Self::Withdraw => may_take_back_role_offer(scope, part),
            Self::End => may_end_role_part(scope, part),
            Self::Change => may_change_time(scope, part) || may_revise_patient_part(scope),
        }
    }
}

/// Whether the caller may say until when somebody carries the role.
pub fn may_change_time(scope: &CircleScope, part: &role_assignment::Model) -> bool {
    match part.state {
        RoleAssignmentState::Offered => may_take_back_role_offer(scope, part),
        _ => may_end_role_part(scope, part),
    }
}

/// What the caller may do with a role now, with the parts in it.
pub fn actions(
    scope: &CircleScope,
    role: &role::Model,
    parts: &[role_assignment::Model],
) -> Vec<&'static str> {
    if !scope.may(Permission::ArrangeRoles) {
        return Vec::new();
    }
    let taken = !role.shared && is_held(parts) || mine(scope, parts).is_some();
    RoleVerb::ALL
        .iter()
        .filter(|verb| verb.leads_to(role.state).is_some())
        .filter(|verb| !(taken && **verb == RoleVerb::Take))
        .map(|verb| verb.as_str())
        .collect()
}

/// What the caller may do with somebody's part in a role now; `taken` says that
/// somebody else carries it, whose part it does not take over.
pub fn part_actions(
    scope: &CircleScope,
    part: &role_assignment::Model,
    taken: bool,
) -> Vec<&'static str> {
    PartVerb::ALL
        .iter()
        .filter(|verb| verb.leads_to(part.state).is_some())
        .filter(|verb| !(taken && **verb == PartVerb::Accept))
        .filter(|verb| verb.allowed(scope, part))
        .map(|verb| verb.as_str())
        .collect()
}

/// Whether a part in a role is offered or active.
pub fn is_open(part: &role_assignment::Model) -> bool {
    matches!(
        part.state,
        RoleAssignmentState::Offered | RoleAssignmentState::Active
    )
}

/// Whether somebody carries the role now.
pub fn is_held(parts: &[role_assignment::Model]) -> bool {
    parts
        .iter()
        .any(|part| part.state == RoleAssignmentState::Active)
}

/// The caller's own part in a role, if it is offered or active.
pub fn mine<'a>(
    scope: &CircleScope,
    parts: &'a [role_assignment::Model],
) -> Option<&'a role_assignment::Model> {
    let mut open = parts.iter().filter(|part| is_open(part));
    open.find(|part| scope.is_member(part.member_id))
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
    let was_held = |part: &&role_assignment::Model| {
        matches!(
            part.state,
            RoleAssignmentState::Active | RoleAssignmentState::Ended
        )
    };
    let is_patients = |part: &role_assignment::Model| Some(part.member_id) == patient;
    let mut held = history.iter().filter(was_held);
    let last = held.clone().max_by_key(|part| part.updated_at);
    let before = previous.or(last.filter(|_| !is_held(history)));
    before.is_some_and(is_patients) || role.previously_carried_by_patient && held.all(is_patients)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_and_parts_follow_one_table() {
        let mut table = String::new();
        for verb in RoleVerb::ALL {
            for from in RoleState::ALL {
                if let Some(to) = verb.leads_to(*from) {
                    let row = [from.as_str(), " ", verb.as_str(), " ", to.as_str(), "\n"];
                    table.extend(row);
                }
            }
        }
        table.push('\n');
        for verb in PartVerb::ALL {
            for from in RoleAssignmentState::ALL {
                if let Some(to) = verb.leads_to(*from) {
                    let row = [from.as_str(), " ", verb.as_str(), " ", to.as_str(), "\n"];
                    table.extend(row);
                }
            }
        }
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
        assert!(RoleVerb::Retire.is_in_effect(RoleState::Retired));
        assert!(PartVerb::End.is_in_effect(RoleAssignmentState::Ended));
        for state in RoleAssignmentState::ALL {
            assert!(!PartVerb::Change.is_in_effect(*state), "{state:?}");
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
