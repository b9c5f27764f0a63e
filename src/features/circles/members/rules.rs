//! What may happen to a member, and who may do it: one table for the answer's `actions`
//! and for the verbs themselves.

use crate::access::{CircleScope, Facts, NoPart, Permission, verbs};
use crate::entity::membership::{self, MemberState};

verbs! {
    /// Everything that can be done to a member.
    MemberVerb of MemberFacts: MemberState, NoPart {
        Update = "update" [Active | Suspended], may_change, "updated";
        UpdateTopics = "update_topics" [Active | Suspended], may_grant, "topics_updated";
        Suspend = "suspend" [Active => Suspended], may_remove, "suspended";
        Reinstate = "reinstate" [Suspended => Active], may_manage, "reinstated";
        Remove = "remove" [Active | Suspended | Leaving => Removed], may_remove, "removed";
        Leave = "leave" [Active => Left], is_caller, "left";
    }
}

/// What the rules of a member depend on: the row and the caller.
pub struct MemberFacts<'a> {
    pub scope: &'a CircleScope,
    pub member: &'a membership::Model,
}

impl Facts<MemberVerb> for MemberFacts<'_> {
    fn state(&self) -> MemberState {
        self.member.state
    }

    /// The patient sees every topic and cannot be removed. Nobody removes themselves: they leave.
    fn is_open_to(&self, verb: MemberVerb) -> bool {
        match verb {
            MemberVerb::UpdateTopics => !self.member.is_patient,
            MemberVerb::Suspend | MemberVerb::Remove => {
                !self.member.is_patient && !self.scope.is_member(self.member.id)
            }
            _ => true,
        }
    }
}

impl MemberFacts<'_> {
    /// Whether the member themselves asks, signed in and not by a personal access token.
    fn is_caller(&self) -> bool {
        self.scope.is_member(self.member.id) && self.scope.is_signed_in()
    }

    fn may_manage(&self) -> bool {
        self.scope.may(Permission::ManageMembers)
    }

    fn may_change(&self) -> bool {
        self.is_caller() || self.may_manage()
    }

    fn may_grant(&self) -> bool {
        self.scope.may(Permission::SetTopics)
    }

    fn may_remove(&self) -> bool {
        self.scope.may(Permission::RemoveMembers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Verb;

    #[test]
    fn the_states_of_a_member_follow_one_table() {
        let mut table = String::new();
        for verb in MemberVerb::ALL {
            let mark = |state: &MemberState| if verb.fits(*state, None) { '+' } else { '.' };
            table.extend(MemberState::ALL.iter().map(mark));
            table.extend([" ", verb.action(), "\n"]);
        }
        // The states: active, suspended, leaving, left, removed.
        insta::assert_snapshot!(table, @r"
        ++... update
        ++... update_topics
        +.... suspend
        .+... reinstate
        +++.. remove
        +.... leave
        ");
    }
}
