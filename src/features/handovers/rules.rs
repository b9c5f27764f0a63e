//! What may happen to a handover, and who may do it.

use super::store::Shown;
use crate::access::{CircleScope, Facts, NoPart, Permission, Refusal, verbs};
use crate::entity::handover::{self, HandoverState};

verbs! {
    /// Everything that can be done to a handover.
    HandoverVerb as HandoverAction of HandoverFacts, "this handover": HandoverState, NoPart {
        Accept = "accept" [Open => Accepted], may_accept, "accepted";
        Decline = "decline" [Open => Declined], may_decline, "declined";
        Withdraw = "withdraw" [Open => Withdrawn], may_withdraw, "withdrawn";
        Place = "place" [Open => Placed], may_place, "placed";
    }
}

/// What the rules of a handover depend on: its row, what is read with it, and the caller.
pub struct HandoverFacts<'a> {
    pub scope: &'a CircleScope,
    pub handover: &'a handover::Model,
    pub shown: &'a Shown,
}

impl Facts<HandoverVerb> for HandoverFacts<'_> {
    fn state(&self) -> HandoverState {
        self.handover.state
    }
}

impl HandoverFacts<'_> {
    /// The member who is asked may accept; of an open one, everybody else who sees it and may claim
    /// things.
    fn may_accept(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::HandOver)?;
        match self.handover.to_member_id {
            Some(asked) if self.scope.is_member(asked) => Ok(()),
            Some(_) => Err(only_asked()),
            None if self.is_mine() => Err(Refusal::only("the other members")),
            None => Ok(()),
        }
    }

    fn may_decline(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::HandOver)?;
        let asked = self.handover.to_member_id;
        if asked.is_some_and(|asked| self.scope.is_member(asked)) {
            return Ok(());
        }
        Err(only_asked())
    }

    fn may_withdraw(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::HandOver)?;
        if self.is_mine() {
            return Ok(());
        }
        Err(Refusal::only("the member who started {}"))
    }

    fn may_place(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::PlaceHandovers)
    }

    fn is_mine(&self) -> bool {
        self.scope.is_member(self.handover.from_member_id)
    }

    /// Whether the caller sees why it is handed over.
    pub fn sees_reason(&self) -> bool {
        let asked = self.handover.to_member_id;
        let contacts = [self.shown.from_contact, self.shown.to_contact];
        let mut seeing = contacts.into_iter().chain([asked]).flatten();
        self.is_mine() || seeing.any(|member| self.scope.is_member(member))
    }
}

fn only_asked() -> Refusal {
    Refusal::only("the member who is asked")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Verb;

    #[test]
    fn the_states_of_a_handover_follow_one_table() {
        let mut table = String::new();
        for verb in HandoverVerb::ALL {
            let from = HandoverState::ALL.iter();
            for from in from.filter(|from| verb.fits(**from, None)) {
                let to = verb.rule().to.unwrap_or(*from);
                let row = [from.as_str(), verb.action(), to.as_str()];
                table.extend([row.join(" ").as_str(), "\n"]);
            }
        }
        insta::assert_snapshot!(table, @r"
        open accept accepted
        open decline declined
        open withdraw withdrawn
        open place placed
        ");
    }
}
