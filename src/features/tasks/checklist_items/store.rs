//! Items of checklists as their reader sees them, and how the first ones come with their task.

use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, IntoActiveModel};

use super::rules::{ChecklistItemFacts, ChecklistItemVerb};
use super::types::ChecklistItem;
use crate::access::{CircleScope, CircleWrite, Verb};
use crate::entity::task;
use crate::entity::task_assignment;
use crate::entity::task_checklist_item;

/// The items of a task, as the reader sees them.
pub(in crate::features::tasks) fn describe_all(
    scope: &CircleScope,
    task: &task::Model,
    assignments: &[task_assignment::Model],
    items: Vec<task_checklist_item::Model>,
) -> Vec<ChecklistItem> {
    let items = items.into_iter();
    items
        .map(|item| describe(scope, task, assignments, item))
        .collect()
}

/// An item as the reader sees it.
pub(super) fn describe(
    scope: &CircleScope,
    task: &task::Model,
    assignments: &[task_assignment::Model],
    item: task_checklist_item::Model,
) -> ChecklistItem {
    let facts = ChecklistItemFacts {
        scope,
        task,
        assignments,
        item: &item,
    };
    ChecklistItem {
        actions: ChecklistItemVerb::actions(&facts),
        id: item.id,
        circle_id: item.circle_id,
        version: item.version,
        task_id: item.task_id,
        title: item.title,
        position: item.position,
        checked_at: item.checked_at,
        checked_by_member_id: item.checked_by_member_id,
        created_at: item.created_at,
        created_by_member_id: item.created_by_member_id,
        updated_at: item.updated_at,
    }
}

/// The first checklist of a task, as it will be.
pub(in crate::features) fn new_checklist(
    write: &CircleWrite,
    task: &task::Model,
    titles: impl IntoIterator<Item: Into<String>>,
) -> Vec<task_checklist_item::Model> {
    let item = |(title, position): (_, i32)| task_checklist_item::Model {
        circle_id: task.circle_id,
        id: write.new_id(),
        task_id: task.id,
        title: Into::into(title),
        position,
        checked_at: None,
        checked_by_member_id: None,
        version: 1,
        created_at: write.now(),
        created_by_member_id: task.created_by_member_id,
        updated_at: write.now(),
        sent_hash: None,
    };
    titles.into_iter().zip(0..).map(item).collect()
}

/// Creates items of [`new_checklist`] when the transaction commits.
pub(in crate::features) fn create_later(
    write: &CircleWrite,
    items: impl IntoIterator<Item = task_checklist_item::Model>,
) {
    let rows = items.into_iter();
    let rows = rows.map(|item| item.into_active_model().reset_all());
    write.insert_all_later::<task_checklist_item::Entity>(rows.collect());
}

/// Counts the version of a task up whose checklist was edited. In a series it is an exception then.
pub(super) fn note_edit(write: &CircleWrite, task: &task::Model) {
    let is_exception = (task::Column::IsException, Expr::value(true));
    let values = task.series_id.map(|_| is_exception);
    write.update_rows_later::<task::Entity>(&[task.id.0], values.into_iter().collect());
}
