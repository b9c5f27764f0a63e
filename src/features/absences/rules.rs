//! What may happen to an absence, and who may do it.

use crate::access::{CircleScope, Facts, NoPart, Permission, Refusal, verbs};
use crate::entity::absence::{self, AbsenceState};
use crate::entity::membership;

verbs! {
    /// Everything that can be done to an absence.
    AbsenceVerb as AbsenceAction of AbsenceFacts, "this absence": AbsenceState, NoPart {
        Update = "update" [Active], may_change, "updated";
        End = "end" [Active], may_change, "ended";
    }
}

/// What the rules of an absence depend on: its row, the member who is away, and the caller.
pub struct AbsenceFacts<'a> {
    pub scope: &'a CircleScope,
    pub absence: &'a absence::Model,
    pub member: &'a membership::Model,
}

impl Facts<AbsenceVerb> for AbsenceFacts<'_> {
    fn state(&self) -> AbsenceState {
        self.absence.state
    }
}

impl AbsenceFacts<'_> {
    /// The member may, and coordinators and the contact for them.
    fn may_change(&self) -> Result<(), Refusal> {
        if self.scope.may(Permission::BeAway) && self.is_mine() {
            return Ok(());
        }
        let managers = self.scope.check(Permission::ManageAbsences);
        managers.map_err(|refusal| refusal.or("the member who is away"))
    }

    /// Whether the caller is the member, or acts for them.
    fn is_mine(&self) -> bool {
        self.scope.is_member(self.absence.member_id) || self.scope.acts_for(self.member)
    }

    /// Whether the caller sees the note.
    pub fn sees_note(&self) -> bool {
        self.is_mine() || self.scope.may(Permission::ManageAbsences)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Verb;

    #[test]
    fn the_states_of_an_absence_follow_one_table() {
        let mut table = String::new();
        for verb in AbsenceVerb::ALL {
            for from in AbsenceState::ALL
                .iter()
                .filter(|from| verb.fits(**from, None))
            {
                table.extend([from.as_str(), " ", verb.action(), "\n"]);
            }
        }
        insta::assert_snapshot!(table, @r"
        active update
        active end
        ");
    }
}
