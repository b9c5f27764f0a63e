//! What may happen to a need, and who may do it.

use crate::access::{CircleScope, Facts, Permission, verbs};
use crate::entity::need::{self, NeedState};
use crate::entity::need_commitment::CommitmentState;
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::features::participation::Coverage;
use crate::notify::subject::Subject;

verbs! {
    /// Everything that can be done to a need.
    NeedVerb of NeedFacts: NeedState, CommitmentState {
        Change = "change" [Open], may_arrange, "changed";
        Offer = "offer" [Open], may_arrange, "offered";
        Cancel = "cancel" [Open => Cancelled], may_arrange, "cancelled";
        Take = "take" [Open(None | Offered | Declined | Withdrawn | Released) => (Accepted)],
            may_take, "taken";
        Decline = "decline" [Open(Offered) => (Declined)], may_take, "declined";
        Withdraw = "withdraw" [Open(Accepted) => (Withdrawn)], may_take, "withdrawn";
    }
}

/// What decides about a need: its row, the caller's own part in it, and the caller.
pub struct NeedFacts<'a> {
    pub scope: &'a CircleScope,
    pub need: &'a need::Model,
    pub my_commitment: Option<CommitmentState>,
}

impl Facts<NeedVerb> for NeedFacts<'_> {
    fn state(&self) -> NeedState {
        self.need.state
    }

    fn my_part(&self) -> Option<CommitmentState> {
        self.my_commitment
    }

    fn is_open_to(&self, verb: NeedVerb) -> bool {
        need::Entity::has_room(self.need) || verb != NeedVerb::Take
    }
}

impl NeedFacts<'_> {
    /// By those who may change everyday things and schedule: its appointment may be
    /// hidden from them.
    fn may_arrange(&self) -> bool {
        self.scope.may(Permission::ScheduleAppointments)
            && self.scope.topics().level(Topic::Daily) == TopicLevel::Write
    }

    fn may_take(&self) -> bool {
        self.scope.may(Permission::TakeNeeds)
    }
}

pub fn coverage(need: &need::Model) -> Coverage {
    Coverage::of(need.people_accepted, need.people_needed)
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
                .chain(CommitmentState::ALL.iter().copied().map(Some));
            let mut row = String::new();
            for need in NeedState::ALL {
                for my_part in parts.clone() {
                    row.push(if verb.fits(*need, my_part) { '+' } else { '.' });
                }
                row.push(' ');
            }
            table.extend([row.as_str(), verb.action(), "\n"]);
        }
        // For each state of the need (open, on_hold, cancelled, over): no part in it,
        // offered, accepted, declined, withdrawn, released.
        insta::assert_snapshot!(table, @r"
        ++++++ ...... ...... ...... change
        ++++++ ...... ...... ...... offer
        ++++++ ...... ...... ...... cancel
        ++.+++ ...... ...... ...... take
        .+.... ...... ...... ...... decline
        ..+... ...... ...... ...... withdraw
        ");
    }
}
