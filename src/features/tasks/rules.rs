//! What may happen to a task, and who may do it: one table for the answer's
//! `actions` and for the verbs themselves.

use chrono::{DateTime, TimeDelta, Utc};

use super::types::Coverage;
use crate::access::{CircleScope, Permission, may_arrange_task, may_change_task};
use crate::entity::task::{self, TaskCategory, TaskState};
use crate::entity::task_assignment::{self, AssignmentState};
use crate::entity::topic_grant::Topic;

/// How long people who are no coordinators may take a completion back.
const REOPEN_FOR: TimeDelta = TimeDelta::hours(24);

/// Everything that can be done to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Change,
    Approve,
    Cancel,
    Offer,
    Claim,
    Accept,
    Decline,
    Withdraw,
    Complete,
    Reopen,
}

impl Verb {
    pub const ALL: [Self; 10] = [
        Self::Change,
        Self::Approve,
        Self::Cancel,
        Self::Offer,
        Self::Claim,
        Self::Accept,
        Self::Decline,
        Self::Withdraw,
        Self::Complete,
        Self::Reopen,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Approve => "approve",
            Self::Cancel => "cancel",
            Self::Offer => "offer",
            Self::Claim => "claim",
            Self::Accept => "accept",
            Self::Decline => "decline",
            Self::Withdraw => "withdraw",
            Self::Complete => "complete",
            Self::Reopen => "reopen",
        }
    }

    /// Whether it fits the states of the task and of the caller's own part in it.
    pub fn fits(self, task: TaskState, mine: Option<AssignmentState>) -> bool {
        use AssignmentState::{Accepted, Declined, Done, Offered, Released, Withdrawn};
        match self {
            Self::Change | Self::Cancel => {
                matches!(task, TaskState::Proposed | TaskState::Open)
            }
            Self::Approve => task == TaskState::Proposed,
            Self::Offer | Self::Complete => task == TaskState::Open,
            Self::Claim => {
                task == TaskState::Open
                    && matches!(mine, None | Some(Offered | Declined | Withdrawn | Released))
            }
            Self::Accept | Self::Decline => task == TaskState::Open && mine == Some(Offered),
            Self::Withdraw => task == TaskState::Open && mine == Some(Accepted),
            Self::Reopen => {
                task == TaskState::Done || task == TaskState::Open && mine == Some(Done)
            }
        }
    }

    /// Whether the caller may, as far as rights go.
    pub fn allowed(
        self,
        scope: &CircleScope,
        task: &task::Model,
        assignments: &[task_assignment::Model],
    ) -> bool {
        let holds = |state| {
            assignments
                .iter()
                .any(|held| scope.is_member(held.member_id) && held.state == state)
        };
        match self {
            Self::Change | Self::Cancel => may_change_task(scope, task, assignments),
            Self::Approve | Self::Offer => may_arrange_task(scope, task),
            Self::Claim | Self::Accept | Self::Decline | Self::Withdraw => {
                scope.may(Permission::ClaimTasks)
            }
            Self::Complete => {
                scope.may(Permission::ClaimTasks) && holds(AssignmentState::Accepted)
                    || may_complete_whole(scope, task, assignments)
            }
            Self::Reopen => {
                scope.may(Permission::ClaimTasks)
                    && (reopens_whole(scope, task) || holds(AssignmentState::Done))
            }
        }
    }
}

/// Whether the caller may say that the whole is done, for all who hold a part.
pub fn may_complete_whole(
    scope: &CircleScope,
    task: &task::Model,
    assignments: &[task_assignment::Model],
) -> bool {
    scope.may(Permission::ClaimTasks) && may_change_task(scope, task, assignments)
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

/// What the caller may do now. Reopening stays listed when only its time is
/// over: the answer depends on no clock.
pub fn actions(
    scope: &CircleScope,
    task: &task::Model,
    assignments: &[task_assignment::Model],
) -> Vec<&'static str> {
    let mine = mine(scope, assignments).map(|held| held.state);
    let full = task.helpers_accepted >= task.helpers_needed;
    Verb::ALL
        .into_iter()
        .filter(|verb| verb.fits(task.state, mine))
        .filter(|verb| !(full && matches!(verb, Verb::Claim | Verb::Accept)))
        .filter(|verb| verb.allowed(scope, task, assignments))
        .map(Verb::as_str)
        .collect()
}

/// The caller's own part in a task.
pub fn mine<'a>(
    scope: &CircleScope,
    assignments: &'a [task_assignment::Model],
) -> Option<&'a task_assignment::Model> {
    assignments
        .iter()
        .find(|held| scope.is_member(held.member_id))
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

    #[test]
    fn the_states_of_a_task_follow_one_table() {
        let mut table = String::new();
        for verb in Verb::ALL {
            let parts = [None]
                .into_iter()
                .chain(AssignmentState::ALL.iter().copied().map(Some));
            let mut row = String::new();
            for task in TaskState::ALL {
                for mine in parts.clone() {
                    row.push(if verb.fits(*task, mine) { '+' } else { '.' });
                }
                row.push(' ');
            }
            table.extend([row.as_str(), verb.as_str(), "\n"]);
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
