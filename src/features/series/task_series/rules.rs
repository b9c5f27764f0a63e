//! What may happen to a series of tasks, and who may do it.

use crate::access::{CircleScope, Facts, Permission, Refusal, may_change_series, verbs};
use crate::entity::task_series::{self, SeriesState};
use crate::entity::task_series_member::{self, SeriesMemberState};
use crate::features::participation::part_of_caller;

verbs! {
    /// Everything that can be done to a series of tasks.
    TaskSeriesVerb as TaskSeriesAction of TaskSeriesFacts, "this series": SeriesState, SeriesMemberState {
        Update = "update" [Active | Paused], may_change, "updated";
        Pause = "pause" [Active => Paused], may_change, "paused";
        Resume = "resume" [Paused => Active], may_change, "resumed";
        End = "end" [Active | Paused => Ended], may_change, "ended";
        Offer = "offer" [Active | Paused], may_change, "offered", "offer {} to a member";
        SetTurns = "set_turns" [Active | Paused], may_change, "turns_changed",
            "set the turns of {}";
        Claim = "claim" [
            Active(None | Offered | Declined | Released) | Paused(None | Offered | Declined | Released)
            => (Accepted)
        ], may_claim, "claimed";
        Accept = "accept" [Active(Offered) | Paused(Offered) => (Accepted)], may_claim, "accepted";
        Decline = "decline" [Active(Offered) | Paused(Offered) => (Declined)], may_claim, "declined";
        Release = "release" [Active(Accepted) | Paused(Accepted) => (Released)], may_claim,
            "released";
    }
}

/// What the rules of a series depend on: its row, its members and the caller.
pub struct TaskSeriesFacts<'a> {
    pub scope: &'a CircleScope,
    pub series: &'a task_series::Model,
    pub members: &'a [task_series_member::Model],
}

impl Facts<TaskSeriesVerb> for TaskSeriesFacts<'_> {
    fn state(&self) -> SeriesState {
        self.series.state
    }

    fn my_part(&self) -> Option<SeriesMemberState> {
        let my_part = part_of_caller::<task_series_member::Entity>(self.scope, self.members);
        my_part.map(|part| part.state)
    }

    /// While members take turns, nobody gets all of its tasks.
    fn is_open_to(&self, verb: TaskSeriesVerb) -> bool {
        let is_for_all = matches!(verb, TaskSeriesVerb::Claim | TaskSeriesVerb::Offer);
        !is_for_all || self.series.turns_from.is_none()
    }
}

impl TaskSeriesFacts<'_> {
    fn may_change(&self) -> Result<(), Refusal> {
        may_change_series(self.scope, self.series, self.members)
    }

    fn may_claim(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::ClaimTasks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Verb;

    #[test]
    fn the_states_of_a_series_follow_one_table() {
        let mut table = String::new();
        for verb in TaskSeriesVerb::ALL {
            let parts = [None]
                .into_iter()
                .chain(SeriesMemberState::ALL.iter().copied().map(Some));
            let mut row = String::new();
            for series in SeriesState::ALL {
                for my_part in parts.clone() {
                    row.push(if verb.fits(*series, my_part) {
                        '+'
                    } else {
                        '.'
                    });
                }
                row.push(' ');
            }
            table.extend([row.as_str(), verb.action(), "\n"]);
        }
        // For each state of the series (active, paused, ended): no part in it, offered,
        // accepted, declined, released.
        insta::assert_snapshot!(table, @r"
        +++++ +++++ ..... update
        +++++ ..... ..... pause
        ..... +++++ ..... resume
        +++++ +++++ ..... end
        +++++ +++++ ..... offer
        +++++ +++++ ..... set_turns
        ++.++ ++.++ ..... claim
        .+... .+... ..... accept
        .+... .+... ..... decline
        ..+.. ..+.. ..... release
        ");
    }
}
