//! What may happen to a succession, and who may do it: one table for the answer's `actions` and for
//! the operations themselves. It is granted by a job.

use crate::access::{CircleScope, Facts, NoPart, Permission, Refusal, verbs};
use crate::entity::membership::AccessLevel;
use crate::entity::succession::{self, SuccessionState};

verbs! {
    /// Everything that can be done to a succession.
    SuccessionVerb as SuccessionAction of SuccessionFacts, "this succession": SuccessionState, NoPart {
        Support = "support" [Proposed => Requested], may_ask, "supported";
        End = "end" [Proposed | Requested], may_end, "ended";
    }
}

/// What the rules of a succession depend on: its row and the caller.
pub struct SuccessionFacts<'a> {
    pub scope: &'a CircleScope,
    pub succession: &'a succession::Model,
}

impl Facts<SuccessionVerb> for SuccessionFacts<'_> {
    fn state(&self) -> SuccessionState {
        self.succession.state
    }

    /// Two different members ask for it.
    fn is_open_to(&self, verb: SuccessionVerb) -> bool {
        verb != SuccessionVerb::Support || !self.is_author()
    }
}

impl SuccessionFacts<'_> {
    fn is_author(&self) -> bool {
        self.scope.is_author(self.succession.created_by_member_id)
    }

    /// Coordinators need not ask: they change the access of members.
    fn may_ask(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::RequestSuccession)?;
        if self.scope.is_patient() || self.scope.access() == Some(AccessLevel::Caregiver) {
            return Ok(());
        }
        Err(Refusal::only("caregivers").or("the patient"))
    }

    /// Coordinators object to it, and those who asked for it take it back.
    fn may_end(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::RequestSuccession)?;
        let supports = self.scope.is_author(self.succession.supported_by_member_id);
        if self.objects() || self.is_author() || supports || self.scope.is_patient() {
            return Ok(());
        }
        let allowed = Refusal::only("coordinators").or("the patient");
        Err(allowed.or("the members who asked for {}"))
    }

    /// Whether the caller objects, and does not take back what they asked for.
    pub fn objects(&self) -> bool {
        self.scope.access() == Some(AccessLevel::Coordinator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Verb;

    #[test]
    fn the_states_of_a_succession_follow_one_table() {
        let mut table = String::new();
        for verb in SuccessionVerb::ALL {
            let mark = |state: &SuccessionState| if verb.fits(*state, None) { '+' } else { '.' };
            table.extend(SuccessionState::ALL.iter().map(mark));
            table.extend([" ", verb.action(), "\n"]);
        }
        // The states: proposed, requested, granted, refused, withdrawn, lapsed.
        insta::assert_snapshot!(table, @r"
        +..... support
        ++.... end
        ");
    }
}
