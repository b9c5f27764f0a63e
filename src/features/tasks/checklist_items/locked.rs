//! An item of a checklist that a request changes, with its task, under the circle's lock.

use super::rules::{ChecklistItemFacts, ChecklistItemVerb};
use super::store;
use super::types::ChecklistItem;
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Lockable, Locked};
use crate::entity::task;
use crate::entity::task_assignment;
use crate::entity::task_checklist_item;
use crate::features::participation::{RelatedParts, require_with_parts};
use crate::problem::Problem;

/// An item, with its task, under the circle's lock.
pub(super) type LockedItem = Locked<task_checklist_item::Entity>;

/// The task of an item, with its assignments.
pub struct TaskOfItem {
    task: task::Model,
    assignments: Vec<task_assignment::Model>,
}

impl Lockable for task_checklist_item::Entity {
    type Related = TaskOfItem;
    type Verb = ChecklistItemVerb;
    type Answer = ChecklistItem;

    async fn related(
        write: &CircleWrite,
        row: &task_checklist_item::Model,
    ) -> Result<TaskOfItem, Problem> {
        let (tx, scope) = (write.tx(), write.scope());
        let found = require_with_parts::<task_assignment::Entity>(tx, scope, row.task_id);
        let (task, parts) = found.await?;
        Ok(TaskOfItem {
            task,
            assignments: parts.parts().to_vec(),
        })
    }

    fn facts<'a>(
        scope: &'a CircleScope,
        item: &'a task_checklist_item::Model,
        related: &'a TaskOfItem,
    ) -> ChecklistItemFacts<'a> {
        ChecklistItemFacts {
            scope,
            task: &related.task,
            assignments: &related.assignments,
            item,
        }
    }

    fn shown(change: Change, _: &task_checklist_item::Model, related: &TaskOfItem) -> Change {
        change.about(related.task.topic)
    }

    async fn describe(
        write: &CircleWrite,
        row: task_checklist_item::Model,
        TaskOfItem { task, assignments }: &TaskOfItem,
    ) -> Result<ChecklistItem, Problem> {
        Ok(store::describe(write.scope(), task, assignments, row))
    }
}

impl LockedItem {
    /// Counts the version of its task up, because the task shows the item.
    pub fn touch_task(&self) {
        let task = [self.related.task.id.0];
        self.write
            .update_rows_later::<task::Entity>(&task, Vec::new());
    }

    /// Like [`Self::touch_task`], after the checklist was edited.
    pub fn note_edit(&self) {
        store::note_edit(&self.write, &self.related.task);
    }
}
