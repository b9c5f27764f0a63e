//! What may happen to a join request, and who may do it.

use crate::access::{CircleScope, Facts, NoPart, Permission, Refusal, verbs};
use crate::entity::join_request::{self, JoinRequestState};

verbs! {
    /// Everything that can be done to a join request.
    JoinRequestVerb as JoinRequestAction of JoinRequestFacts, "this join request": JoinRequestState, NoPart {
        Approve = "approve" [Pending => Approved], may_invite, "approved";
        Decline = "decline" [Pending => Declined], may_invite, "declined";
    }
}

/// What the rules of a join request depend on: its row and the caller.
pub struct JoinRequestFacts<'a> {
    pub scope: &'a CircleScope,
    pub request: &'a join_request::Model,
}

impl Facts<JoinRequestVerb> for JoinRequestFacts<'_> {
    fn state(&self) -> JoinRequestState {
        self.request.state
    }
}

impl JoinRequestFacts<'_> {
    fn may_invite(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::InvitePeople)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Verb;

    #[test]
    fn the_states_of_a_join_request_follow_one_table() {
        let mut table = String::new();
        for verb in JoinRequestVerb::ALL {
            let mark = |state: &JoinRequestState| if verb.fits(*state, None) { '+' } else { '.' };
            table.extend(JoinRequestState::ALL.iter().map(mark));
            table.extend([" ", verb.action(), "\n"]);
        }
        // The states: pending, approved, declined.
        insta::assert_snapshot!(table, @r"
        +.. approve
        +.. decline
        ");
    }
}
