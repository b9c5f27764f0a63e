//! What may happen to a member, and who may do it: one table for the answer's `actions`
//! and for the verbs themselves.

use crate::access::{CircleScope, Facts, NoPart, Permission, Refusal, Verb, verbs};
use crate::entity::membership::{self, MemberState};
use crate::problem::Problem;

verbs! {
    /// Everything that can be done to a member.
    MemberVerb as MemberAction of MemberFacts, "this member": MemberState, NoPart {
        Update = "update" [Active | Suspended], may_change, "updated", "change the relationship";
        UpdateTopics = "update_topics" [Active | Suspended], may_grant, "topics_updated",
            "set what {} can see";
        Suspend = "suspend" [Active => Suspended], may_remove, "suspended";
        Reinstate = "reinstate" [Suspended => Active], may_manage, "reinstated";
        Remove = "remove" [Active | Suspended | Leaving => Removed], may_remove, "removed";
        Leave = "leave" [Active => Left], is_caller, "left", "leave the circle";
        CreatePersonalLink = "create_personal_link" [Active], may_speak_for, "personal_link_created",
            "create a personal link for {}";
        DeletePersonalLink = "delete_personal_link" [Active], may_speak_for, "personal_link_deleted",
            "delete the personal link of {}";
    }
}

/// The member, in a refusal for others.
const THEMSELVES: &str = "{} themselves";

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
            MemberVerb::Leave => !self.member.is_managed(),
            MemberVerb::CreatePersonalLink | MemberVerb::DeletePersonalLink => {
                self.member.is_managed()
            }
            _ => true,
        }
    }
}

impl MemberFacts<'_> {
    /// Only the member themselves, signed in and not by a personal access token.
    fn is_caller(&self) -> Result<(), Refusal> {
        if self.scope.is_member(self.member.id) && self.scope.is_signed_in() {
            return Ok(());
        }
        Err(Refusal::only(THEMSELVES))
    }

    /// The member themselves, and for a member without an account their contact and coordinators.
    fn may_speak_for(&self) -> Result<(), Refusal> {
        let signed_in = self.scope.is_signed_in();
        if self.is_caller().is_ok() || signed_in && self.scope.acts_for(self.member) {
            return Ok(());
        }
        Err(if self.member.is_managed() {
            Refusal::without(Permission::ManageMembers).or("the contact of {}")
        } else {
            Refusal::only(THEMSELVES)
        })
    }

    fn may_manage(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::ManageMembers)
    }

    fn may_change(&self) -> Result<(), Refusal> {
        if self.may_speak_for().is_ok() {
            return self.scope.check(Permission::ViewCircle);
        }
        self.may_manage().map_err(|refusal| refusal.or(THEMSELVES))
    }

    fn may_grant(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::SetTopics)
    }

    fn may_remove(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::RemoveMembers)
    }

    /// Refuses a caller who is not the member and does not act for them, if the request changes what
    /// belongs to the person, or does not manage members, if it changes the access level.
    pub fn check_fields(&self, of_person: bool, access: bool) -> Result<(), Problem> {
        let thing = MemberVerb::THING;
        if access {
            let deed = "change the access level of {}";
            self.may_manage()
                .map_err(|refusal| refusal.told(deed, thing))?;
        }
        if of_person {
            let deed = "change their name, phone number and capacity";
            self.may_speak_for()
                .map_err(|refusal| refusal.told(deed, thing))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        +.... create_personal_link
        +.... delete_personal_link
        ");
    }
}
