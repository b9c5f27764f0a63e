//! What may happen to a task, and who may do it: one table for the answer's
//! `actions` and for the verbs themselves.

use chrono::{DateTime, TimeDelta, Utc};

use crate::access::{CircleScope, Facts, Permission, may_arrange_task, may_change_task, verbs};
use crate::entity::task::{self, TaskCategory, TaskState};
use crate::entity::task_assignment::{self, AssignmentState};
use crate::entity::topic_grant::Topic;
use crate::features::participation::{Coverage, part_of_caller};
use crate::notify::subject::Subject;

/// How long people who are no coordinators may take a completion back.
const REOPEN_FOR: TimeDelta = TimeDelta::hours(24);

verbs! {
    /// Everything that can be done to a task.
    TaskVerb of TaskFacts: TaskState, AssignmentState {
        Change = "change" [Proposed | Open], may_change, "changed";
        Approve = "approve" [Proposed => Open], may_arrange, "approved";
        Cancel = "cancel" [Proposed | Open => Cancelled], may_change, "cancelled";
        Offer = "offer" [Open], may_arrange, "offered";
        Claim = "claim" [Open(None | Offered | Declined | Withdrawn | Released) => (Accepted)],
            may_claim, "claimed";
        Accept = "accept" [Open(Offered) => (Accepted)], may_claim, "accepted";
        Decline = "decline" [Open(Offered) => (Declined)], may_claim, "declined";
        Withdraw = "withdraw" [Open(Accepted) => (Withdrawn)], may_claim, "withdrawn";
        Complete = "complete" [Open], may_complete, "completed";
        Reopen = "reopen" [Done | Open(Done)], may_reopen, "reopened";
    }
}

/// What decides about a task: its row, everybody's part in it, and the caller.
pub struct TaskFacts<'a> {
    pub scope: &'a CircleScope,
    pub task: &'a task::Model,
    pub assignments: &'a [task_assignment::Model],
}

impl Facts<TaskVerb> for TaskFacts<'_> {
    fn state(&self) -> TaskState {
        self.task.state
    }

    fn my_part(&self) -> Option<AssignmentState> {
        let my_assignment = part_of_caller::<task_assignment::Entity>(self.scope, self.assignments);
        my_assignment.map(|assignment| assignment.state)
    }

    fn is_open_to(&self, verb: TaskVerb) -> bool {
        task::Entity::has_room(self.task) || !matches!(verb, TaskVerb::Claim | TaskVerb::Accept)
    }
}

impl TaskFacts<'_> {
    fn may_change(&self) -> bool {
        may_change_task(self.scope, self.task, self.assignments)
    }

    fn may_arrange(&self) -> bool {
        may_arrange_task(self.scope, self.task)
    }

    fn may_claim(&self) -> bool {
        self.scope.may(Permission::ClaimTasks)
    }

    fn may_complete(&self) -> bool {
        self.may_claim() && self.my_part() == Some(AssignmentState::Accepted)
            || self.may_complete_whole()
    }

    fn may_reopen(&self) -> bool {
        self.may_claim()
            && (reopens_whole(self.scope, self.task)
                || self.my_part() == Some(AssignmentState::Done))
    }

    /// Whether the caller may say that the whole is done, for all who hold a part.
    pub fn may_complete_whole(&self) -> bool {
        self.may_claim() && self.may_change()
    }
}

/// Whether the caller who reopens a task that is done reopens it for all: those who may
/// change any task, and the person who completed it. Everybody else reopens their own
/// part, and the parts of others stay done.
pub fn reopens_whole(scope: &CircleScope, task: &task::Model) -> bool {
    let completed_it = task.done_by.is_some() && task.done_by == scope.member_id();
    scope.may(Permission::ChangeAnyTasks) || completed_it
}

/// Whether a completion may still be taken back by the person who is no coordinator: counted
/// from when it was written, whatever the device said of when it was done.
pub fn may_still_reopen(scope: &CircleScope, task: &task::Model, now: DateTime<Utc>) -> bool {
    scope.may(Permission::ChangeAnyTasks)
        || task.completed_at.is_some_and(|at| now < at + REOPEN_FOR)
}

/// What a task is about, when nobody says.
pub fn default_topic(category: TaskCategory) -> Topic {
    match category {
        TaskCategory::Medication | TaskCategory::Appointments => Topic::Health,
        TaskCategory::FinanceInsurance
        | TaskCategory::ChildCare
        | TaskCategory::NightCare
        | TaskCategory::Paperwork => Topic::Family,
        _ => Topic::Daily,
    }
}

pub fn coverage(task: &task::Model) -> Coverage {
    Coverage::of(task.helpers_accepted, task.helpers_needed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Verb;

    #[test]
    fn the_states_of_a_task_follow_one_table() {
        let mut table = String::new();
        for verb in TaskVerb::ALL {
            let parts = [None]
                .into_iter()
                .chain(AssignmentState::ALL.iter().copied().map(Some));
            let mut row = String::new();
            for task in TaskState::ALL {
                for my_part in parts.clone() {
                    row.push(if verb.fits(*task, my_part) { '+' } else { '.' });
                }
                row.push(' ');
            }
            table.extend([row.as_str(), verb.action(), "\n"]);
        }
        // For each state of the task (proposed, open, done, cancelled): no part in
        // it, offered, accepted, declined, withdrawn, released, done.
        insta::assert_snapshot!(table, @r"
        +++++++ +++++++ ....... ....... change
        +++++++ ....... ....... ....... approve
        +++++++ +++++++ ....... ....... cancel
        ....... +++++++ ....... ....... offer
        ....... ++.+++. ....... ....... claim
        ....... .+..... ....... ....... accept
        ....... .+..... ....... ....... decline
        ....... ..+.... ....... ....... withdraw
        ....... +++++++ ....... ....... complete
        ....... ......+ +++++++ ....... reopen
        ");
    }
}
