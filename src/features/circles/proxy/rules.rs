//! What may happen to a proxy, and who may do it: one table for the answer's `actions` and for the
//! operations themselves.

use crate::access::{CircleScope, Facts, NoPart, Permission, Refusal, verbs};
use crate::entity::ids::MemberId;
use crate::entity::proxy::{self, ProxyState};

verbs! {
    /// Everything that can be done to a proxy.
    ProxyVerb as ProxyAction of ProxyFacts, "this proxy": ProxyState, NoPart {
        Activate = "activate" [Dormant => Active], may_activate, "activated";
        Revoke = "revoke" [Dormant | Active => Revoked], may_revoke, "revoked";
    }
}

/// What the rules of a proxy depend on: its row and the caller.
pub struct ProxyFacts<'a> {
    pub scope: &'a CircleScope,
    pub proxy: &'a proxy::Model,
}

impl Facts<ProxyVerb> for ProxyFacts<'_> {
    fn state(&self) -> ProxyState {
        self.proxy.state
    }
}

impl ProxyFacts<'_> {
    fn may_activate(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::NameProxy)
    }

    /// What the patient has decided, no coordinator takes back.
    fn may_revoke(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::EndProxy)?;
        let is_own = self.scope.is_member(self.proxy.member_id);
        let recorded = !self.proxy.named_by_patient;
        let by_coordinator = recorded && self.scope.may(Permission::ManageMembers);
        if self.scope.is_patient() || is_own || by_coordinator {
            return Ok(());
        }
        let allowed = Refusal::only("the patient").or("the proxy");
        Err(if recorded {
            allowed.or("coordinators")
        } else {
            allowed.because("The patient named the proxy.")
        })
    }
}

/// Whether the caller may say who decides for the patient: the patient alone, if the patient is a
/// member. Otherwise a coordinator records what the patient said.
pub fn may_name(scope: &CircleScope, patient: Option<MemberId>) -> Result<(), Refusal> {
    scope.check(Permission::NameProxy)?;
    if scope.is_patient() || patient.is_none() {
        return Ok(());
    }
    Err(Refusal::only("the patient").because("The patient is a member of this circle."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Verb;

    #[test]
    fn the_states_of_a_proxy_follow_one_table() {
        let mut table = String::new();
        for verb in ProxyVerb::ALL {
            let mark = |state: &ProxyState| if verb.fits(*state, None) { '+' } else { '.' };
            table.extend(ProxyState::ALL.iter().map(mark));
            table.extend([" ", verb.action(), "\n"]);
        }
        // The states: dormant, active, revoked.
        insta::assert_snapshot!(table, @r"
        +.. activate
        ++. revoke
        ");
    }
}
