//! What may happen to a need, and who may do it.

use crate::access::{CircleScope, Permission};
use crate::entity::need::{self, NeedState};
use crate::entity::need_commitment::{self, CommitmentState};
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::features::tasks::Coverage;

/// Everything that can be done to a need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Change,
    Offer,
    Cancel,
    Take,
    Decline,
    Withdraw,
}

impl Verb {
    pub const ALL: [Self; 6] = [
        Self::Change,
        Self::Offer,
        Self::Cancel,
        Self::Take,
        Self::Decline,
        Self::Withdraw,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Offer => "offer",
            Self::Cancel => "cancel",
            Self::Take => "take",
            Self::Decline => "decline",
            Self::Withdraw => "withdraw",
        }
    }

    /// Whether it fits the states of the need and of the caller's own part in it.
    pub fn fits(self, need: NeedState, mine: Option<CommitmentState>) -> bool {
        use CommitmentState::{Accepted, Offered};
        need == NeedState::Open
            && match self {
                Self::Change | Self::Offer | Self::Cancel => true,
                Self::Take => mine != Some(Accepted),
                Self::Decline => mine == Some(Offered),
                Self::Withdraw => mine == Some(Accepted),
            }
    }

    /// Whether the caller may, as far as rights go. A need is changed by who
    /// may change everyday things and schedule: its appointment may be hidden.
    pub fn allowed(self, scope: &CircleScope) -> bool {
        match self {
            Self::Change | Self::Offer | Self::Cancel => {
                scope.may(Permission::ScheduleAppointments)
                    && scope.topics().level(Topic::Daily) == TopicLevel::Write
            }
            Self::Take | Self::Decline | Self::Withdraw => scope.may(Permission::TakeNeeds),
        }
    }
}

/// What the caller may do now.
pub fn actions(
    scope: &CircleScope,
    need: &need::Model,
    mine: Option<CommitmentState>,
) -> Vec<&'static str> {
    let full = need.people_accepted >= need.people_needed;
    Verb::ALL
        .into_iter()
        .filter(|verb| verb.fits(need.state, mine) && verb.allowed(scope))
        .filter(|verb| !(full && *verb == Verb::Take))
        .map(Verb::as_str)
        .collect()
}

/// The caller's own part in a need.
pub fn mine<'a>(
    scope: &CircleScope,
    commitments: impl IntoIterator<Item = &'a need_commitment::Model>,
) -> Option<&'a need_commitment::Model> {
    commitments
        .into_iter()
        .find(|held| scope.is_member(held.member_id))
}

pub fn coverage(need: &need::Model) -> Coverage {
    Coverage::of(need.people_accepted, need.people_needed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_states_of_a_need_follow_one_table() {
        let mut table = String::new();
        for verb in Verb::ALL {
            let parts = [None]
                .into_iter()
                .chain(CommitmentState::ALL.iter().copied().map(Some));
            let mut row = String::new();
            for need in NeedState::ALL {
                for mine in parts.clone() {
                    row.push(if verb.fits(*need, mine) { '+' } else { '.' });
                }
                row.push(' ');
            }
            table.extend([row.as_str(), verb.as_str(), "\n"]);
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
