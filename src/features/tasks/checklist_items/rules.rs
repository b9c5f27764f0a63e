//! What may happen to an item of a checklist, and who may do it: members who may change the task
//! edit its items, and members who have a part in it check them as well.

use crate::access::{
    CircleScope, Facts, NoPart, Permission, Refusal, may_change_task, may_complete_task, verbs,
};
use crate::entity::task::{self, TaskState};
use crate::entity::task_assignment::{self, TaskAssignmentState};
use crate::entity::task_checklist_item;
use crate::features::participation::part_of_caller;

/// The state of an item, as far as it depends on its task too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChecklistItemState {
    /// Its task is a suggestion: nobody does it yet.
    Proposed,
    Unchecked,
    Checked,
    /// Its task is completed, canceled or has lapsed.
    Ended,
}

impl ChecklistItemState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Unchecked => "unchecked",
            Self::Checked => "checked",
            Self::Ended => "ended",
        }
    }
}

verbs! {
    /// Everything that can be done to an item of a checklist.
    ChecklistItemVerb as ChecklistItemAction of ChecklistItemFacts, "this task": ChecklistItemState, NoPart {
        Update = "update" [Proposed | Unchecked | Checked], may_edit, "updated",
            "change items of {}";
        Check = "check" [Unchecked => Checked], may_check, "checked", "check items of {}";
        Uncheck = "uncheck" [Checked => Unchecked], may_check, "unchecked", "uncheck items of {}";
        Delete = "delete" [Proposed | Unchecked | Checked], may_edit, "deleted",
            "delete items of {}";
    }
}

/// What the rules look at: the item, its task with all assignments, and the caller.
pub struct ChecklistItemFacts<'a> {
    pub scope: &'a CircleScope,
    pub task: &'a task::Model,
    pub assignments: &'a [task_assignment::Model],
    pub item: &'a task_checklist_item::Model,
}

impl Facts<ChecklistItemVerb> for ChecklistItemFacts<'_> {
    fn state(&self) -> ChecklistItemState {
        match self.task.state {
            TaskState::Proposed => ChecklistItemState::Proposed,
            TaskState::Open if self.item.checked_at.is_some() => ChecklistItemState::Checked,
            TaskState::Open => ChecklistItemState::Unchecked,
            TaskState::Completed | TaskState::Canceled | TaskState::Lapsed => {
                ChecklistItemState::Ended
            }
        }
    }
}

impl ChecklistItemFacts<'_> {
    fn may_edit(&self) -> Result<(), Refusal> {
        may_change_task(self.scope, self.task, self.assignments)
    }

    /// Members who have completed their own part may still check what others do.
    fn may_check(&self) -> Result<(), Refusal> {
        let my_part = part_of_caller::<task_assignment::Entity>(self.scope, self.assignments);
        if my_part.is_some_and(|part| part.state == TaskAssignmentState::Completed) {
            return self.scope.check(Permission::ClaimTasks);
        }
        may_complete_task(self.scope, self.task, self.assignments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Verb;

    #[test]
    fn the_states_of_an_item_follow_one_table() {
        use ChecklistItemState::{Checked, Ended, Proposed, Unchecked};
        let mut table = String::new();
        for verb in ChecklistItemVerb::ALL {
            let mark = |state| if verb.fits(state, None) { '+' } else { '.' };
            table.extend([Proposed, Unchecked, Checked, Ended].map(mark));
            table.extend([" ", verb.action(), "\n"]);
        }
        // proposed, unchecked, checked, ended
        insta::assert_snapshot!(table, @r"
        +++. update
        .+.. check
        ..+. uncheck
        +++. delete
        ");
    }
}
