//! The tables of this feature, inside the fence: a task is seen by who sees
//! its topic, its assignments by who sees the task.

use sea_orm::{ColumnTrait, Condition, QuerySelect, QueryTrait};

use crate::access::{CircleScope, circle_owned};
use crate::entity::{task, task_assignment};

circle_owned!(task_list, TaskListId, "task_list", |_| Condition::all());

circle_owned!(task, TaskId, "task", |scope| Condition::all()
    .add(task::Column::Topic.is_in(scope.topics().readable())));

circle_owned!(
    task_assignment,
    TaskAssignmentId,
    "task_assignment",
    |scope| {
        Condition::all().add(task_assignment::Column::TaskId.in_subquery(visible_tasks(scope)))
    }
);

/// The ids of the tasks a caller sees.
pub fn visible_tasks(scope: &CircleScope) -> sea_orm::sea_query::SelectStatement {
    scope
        .find::<task::Entity>()
        .select_only()
        .column(task::Column::Id)
        .into_query()
}
