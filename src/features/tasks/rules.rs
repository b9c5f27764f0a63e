//! What may happen to a task, and who may do it: one table for the answer's
//! `actions` and for the verbs themselves.

use chrono::{DateTime, TimeDelta, Utc};

use crate::access::{
    CircleScope, Facts, Permission, Refusal, Verb, may_arrange_task, may_change_task,
    may_complete_task, verbs,
};
use crate::entity::task::{self, TaskCategory, TaskState};
use crate::entity::task_assignment::{self, TaskAssignmentState};
use crate::entity::topic_grant::Topic;
use crate::features::participation::{Coverage, part_of_caller};
use crate::notify::subject::Subject;
use crate::problem::Problem;

/// How long members who are neither coordinator nor the patient can reopen or reinstate a task.
const REOPEN_FOR: TimeDelta = TimeDelta::hours(24);

verbs! {
    /// Everything that can be done to a task.
    TaskVerb as TaskAction of TaskFacts, "this task": TaskState, TaskAssignmentState {
        Update = "update" [Proposed | Open], may_change, "updated";
        Approve = "approve" [Proposed => Open], may_arrange, "approved";
        Cancel = "cancel" [Proposed | Open => Canceled], may_change, "canceled";
        Offer = "offer" [Open], may_arrange, "offered", "offer {} to a member";
        Claim = "claim" [Open(None | Offered | Declined | Released) => (Accepted)],
            may_claim, "claimed";
        Accept = "accept" [Open(Offered) => (Accepted)], may_claim, "accepted";
        Decline = "decline" [Open(Offered) => (Declined)], may_claim, "declined";
        Release = "release" [Open(Accepted) => (Released)], may_claim, "released";
        HandOver = "hand_over" [Open(Accepted)], may_hand_over, "updated", "hand {} over";
        Complete = "complete" [Open], may_complete, "completed";
        Reopen = "reopen" [Completed | Lapsed | Open(Completed)], may_reopen, "reopened";
        Reinstate = "reinstate" [Canceled], may_reinstate, "reinstated";
        CreateChecklistItem = "create_checklist_item" [Proposed | Open], may_change, "created",
            "add items to {}";
        CreateComment = "create_comment" [Proposed | Open | Completed | Canceled | Lapsed],
            may_comment, "created", "comment on {}";
    }
}

/// What the rules of a task depend on: its row, all assignments and the caller.
pub struct TaskFacts<'a> {
    pub scope: &'a CircleScope,
    pub task: &'a task::Model,
    pub assignments: &'a [task_assignment::Model],
}

impl Facts<TaskVerb> for TaskFacts<'_> {
    fn state(&self) -> TaskState {
        self.task.state
    }

    fn my_part(&self) -> Option<TaskAssignmentState> {
        let my_assignment = part_of_caller::<task_assignment::Entity>(self.scope, self.assignments);
        my_assignment.map(|assignment| assignment.state)
    }

    fn is_open_to(&self, verb: TaskVerb) -> bool {
        match verb {
            TaskVerb::Claim | TaskVerb::Accept => task::Entity::needs_people(self.task),
            TaskVerb::HandOver => !self.is_handing_over(),
            _ => true,
        }
    }
}

impl TaskFacts<'_> {
    fn may_change(&self) -> Result<(), Refusal> {
        may_change_task(self.scope, self.task, self.assignments)
    }

    fn may_arrange(&self) -> Result<(), Refusal> {
        may_arrange_task(self.scope, self.task)
    }

    fn may_claim(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::ClaimTasks)
    }

    fn may_hand_over(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::HandOver)
    }

    /// Whether the caller has asked others to take over their part.
    fn is_handing_over(&self) -> bool {
        let my_assignment = part_of_caller::<task_assignment::Entity>(self.scope, self.assignments);
        my_assignment.is_some_and(|assignment| assignment.is_handing_over)
    }

    fn may_complete(&self) -> Result<(), Refusal> {
        may_complete_task(self.scope, self.task, self.assignments)
    }

    /// A task that has lapsed is reopened by members who could have completed it.
    fn may_reopen(&self) -> Result<(), Refusal> {
        if self.task.state == TaskState::Lapsed {
            return self.may_complete();
        }
        self.may_claim()?;
        let completed_part = self.my_part() == Some(TaskAssignmentState::Completed);
        if completed_part || reopens_whole(self.scope, self.task) {
            return Ok(());
        }
        Err(Refusal::without(Permission::ChangeAnyTasks).or("members who have completed {}"))
    }

    fn may_reinstate(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::SuggestTasks)?;
        if !self.scope.is_author(self.task.canceled_by_member_id) {
            let any = self.scope.check(Permission::ChangeAnyTasks);
            any.map_err(|refusal| refusal.or("the member who canceled {}"))?;
        }
        let was_suggested = self.task.ended_from == Some(TaskState::Proposed);
        if was_suggested && self.scope.is_author(self.task.created_by_member_id) {
            return Ok(());
        }
        self.scope.check_writes(self.task.topic)
    }

    fn may_comment(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::WriteMessages)
    }

    /// Refuses a caller who may not complete the task for everyone who holds a part.
    pub fn check_complete_whole(&self) -> Result<(), Problem> {
        let allowed = self.may_claim().and_then(|()| self.may_change());
        allowed.map_err(|refusal| refusal.told("complete {} for everyone", TaskVerb::THING))
    }
}

/// Whether the caller reopens a completed task for everyone: members who may change any
/// task, and the member who completed it. Everybody else reopens only their own part.
pub fn reopens_whole(scope: &CircleScope, task: &task::Model) -> bool {
    scope.may(Permission::ChangeAnyTasks) || scope.is_author(task.completed_by_member_id)
}

/// Whether it is still early enough to reopen or reinstate the task. After a completion the time
/// counts from when it was recorded, whatever `occurred_at` the device sent.
pub fn may_still_reopen(scope: &CircleScope, task: &task::Model, now: DateTime<Utc>) -> bool {
    let ended_at = task.completion_recorded_at.or(task.ended_at);
    scope.may(Permission::ChangeAnyTasks) || ended_at.is_some_and(|at| now < at + REOPEN_FOR)
}

/// The topic of a task for which nobody chose one.
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
    let certain = task.people_accepted - task.people_uncertain;
    Coverage::of(certain, task.people_needed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_states_of_a_task_follow_one_table() {
        let mut table = String::new();
        for verb in TaskVerb::ALL {
            let parts = [None]
                .into_iter()
                .chain(TaskAssignmentState::ALL.iter().copied().map(Some));
            let mut row = String::new();
            for task in TaskState::ALL {
                for my_part in parts.clone() {
                    row.push(if verb.fits(*task, my_part) { '+' } else { '.' });
                }
                row.push(' ');
            }
            table.extend([row.as_str(), verb.action(), "\n"]);
        }
        // For each state of the task (proposed, open, completed, canceled, lapsed): no part
        // in it, offered, accepted, declined, released, completed.
        insta::assert_snapshot!(table, @r"
        ++++++ ++++++ ...... ...... ...... update
        ++++++ ...... ...... ...... ...... approve
        ++++++ ++++++ ...... ...... ...... cancel
        ...... ++++++ ...... ...... ...... offer
        ...... ++.++. ...... ...... ...... claim
        ...... .+.... ...... ...... ...... accept
        ...... .+.... ...... ...... ...... decline
        ...... ..+... ...... ...... ...... release
        ...... ..+... ...... ...... ...... hand_over
        ...... ++++++ ...... ...... ...... complete
        ...... .....+ ++++++ ...... ++++++ reopen
        ...... ...... ...... ++++++ ...... reinstate
        ++++++ ++++++ ...... ...... ...... create_checklist_item
        ++++++ ++++++ ++++++ ++++++ ++++++ create_comment
        ");
    }
}
