//! What may happen to an invitation, and who may do it: one table for the answer's
//! `actions` and for the verbs themselves.

use crate::access::{CircleScope, Facts, NoPart, Permission, Refusal, verbs};
use crate::entity::invitation::{self, InvitationState};

verbs! {
    /// Everything that can be done to an invitation.
    InvitationVerb as InvitationAction of InvitationFacts, "this invitation": InvitationState, NoPart {
        Resend = "resend" [Open], may_invite, "resent", "send {} again";
        Withdraw = "withdraw" [Open => Withdrawn], may_invite, "withdrawn";
        Approve = "approve" [Proposed => Open], may_invite, "approved";
        Reject = "reject" [Proposed => Rejected], may_invite, "rejected";
    }
}

/// What the rules of an invitation depend on: its row and the caller.
pub struct InvitationFacts<'a> {
    pub scope: &'a CircleScope,
    pub invitation: &'a invitation::Model,
}

impl Facts<InvitationVerb> for InvitationFacts<'_> {
    fn state(&self) -> InvitationState {
        self.invitation.state
    }
}

impl InvitationFacts<'_> {
    fn may_invite(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::InvitePeople)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Verb;

    #[test]
    fn the_states_of_an_invitation_follow_one_table() {
        let mut table = String::new();
        for verb in InvitationVerb::ALL {
            let mark = |state: &InvitationState| if verb.fits(*state, None) { '+' } else { '.' };
            table.extend(InvitationState::ALL.iter().map(mark));
            table.extend([" ", verb.action(), "\n"]);
        }
        // The states: open, accepted, declined, withdrawn, proposed, rejected.
        insta::assert_snapshot!(table, @r"
        +..... resend
        +..... withdraw
        ....+. approve
        ....+. reject
        ");
    }
}
