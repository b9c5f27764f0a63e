//! What may happen to a need, and who may do it.

use crate::access::{CircleScope, Facts, Permission, Refusal, verbs};
use crate::entity::need::{self, NeedState};
use crate::entity::need_assignment::NeedAssignmentState;
use crate::entity::topic_grant::Topic;
use crate::features::participation::Coverage;
use crate::notify::subject::Subject;

verbs! {
    /// Everything that can be done to a need.
    NeedVerb as NeedAction of NeedFacts, "this need": NeedState, NeedAssignmentState {
        Update = "update" [Open], may_arrange, "updated";
        Offer = "offer" [Open], may_arrange, "offered", "offer {} to a member";
        Cancel = "cancel" [Open => Canceled], may_arrange, "canceled";
        Claim = "claim" [Open(None | Offered | Declined | Released) => (Accepted)],
            may_claim, "claimed";
        Accept = "accept" [Open(Offered) => (Accepted)], may_claim, "accepted";
        Decline = "decline" [Open(Offered) => (Declined)], may_claim, "declined";
        Release = "release" [Open(Accepted) => (Released)], may_claim, "released";
        HandOver = "hand_over" [Open(Accepted)], may_hand_over, "updated", "hand {} over";
    }
}

/// What the rules of a need depend on: its row, the caller's own assignment and the
/// caller.
pub struct NeedFacts<'a> {
    pub scope: &'a CircleScope,
    pub need: &'a need::Model,
    pub my_assignment: Option<NeedAssignmentState>,
    /// Whether the caller has asked others to take over their part.
    pub is_handing_over: bool,
}

impl Facts<NeedVerb> for NeedFacts<'_> {
    fn state(&self) -> NeedState {
        self.need.state
    }

    fn my_part(&self) -> Option<NeedAssignmentState> {
        self.my_assignment
    }

    fn is_open_to(&self, verb: NeedVerb) -> bool {
        match verb {
            NeedVerb::Claim | NeedVerb::Accept => need::Entity::needs_people(self.need),
            NeedVerb::HandOver => !self.is_handing_over,
            _ => true,
        }
    }
}

impl NeedFacts<'_> {
    /// Members who may schedule appointments and write everyday things, even if the
    /// appointment is hidden from them.
    fn may_arrange(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::ScheduleAppointments)?;
        self.scope.check_writes(Topic::Daily)
    }

    fn may_claim(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::ClaimNeeds)
    }

    fn may_hand_over(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::HandOver)
    }
}

pub fn coverage(need: &need::Model) -> Coverage {
    let certain = need.people_accepted - need.people_uncertain;
    Coverage::of(certain, need.people_needed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Verb;

    #[test]
    fn the_states_of_a_need_follow_one_table() {
        let mut table = String::new();
        for verb in NeedVerb::ALL {
            let parts = [None]
                .into_iter()
                .chain(NeedAssignmentState::ALL.iter().copied().map(Some));
            let mut row = String::new();
            for need in NeedState::ALL {
                for my_part in parts.clone() {
                    row.push(if verb.fits(*need, my_part) { '+' } else { '.' });
                }
                row.push(' ');
            }
            table.extend([row.as_str(), verb.action(), "\n"]);
        }
        // For each state of the need (open, on_hold, canceled, past): no part in it,
        // offered, accepted, declined, released.
        insta::assert_snapshot!(table, @r"
        +++++ ..... ..... ..... update
        +++++ ..... ..... ..... offer
        +++++ ..... ..... ..... cancel
        ++.++ ..... ..... ..... claim
        .+... ..... ..... ..... accept
        .+... ..... ..... ..... decline
        ..+.. ..... ..... ..... release
        ..+.. ..... ..... ..... hand_over
        ");
    }
}
