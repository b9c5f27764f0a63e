//! Task lists, as their reader sees them.

use super::types::{TaskList, TaskListAction};
use crate::access::{CircleScope, Permission};
use crate::entity::task_list;

/// A task list as the reader sees it.
pub(super) fn describe(scope: &CircleScope, row: task_list::Model) -> TaskList {
    let changes = scope.can(Permission::CreateTasks);
    TaskList {
        id: row.id,
        circle_id: row.circle_id,
        version: row.version,
        title: row.title,
        position: row.position,
        actions: if changes {
            TaskListAction::ALL.to_vec()
        } else {
            Vec::new()
        },
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}
