//! The tables of this feature, inside the fence: a task is seen by who sees
//! its topic, its assignments by who sees the task.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, QuerySelect, QueryTrait};

use crate::access::{CircleScope, circle_owned, own_id};
use crate::entity::task::{self, TaskState};
use crate::entity::task_assignment;

own_id!(task_list);
own_id!(task);

circle_owned!(task_list, TaskListId, "task_list", |_| Condition::all());

circle_owned!(task, TaskId, "task", |scope| Condition::all()
    .add(task::Column::Topic.is_in(scope.topics().readable())));

circle_owned!(
    task_assignment,
    TaskAssignmentId,
    "task_assignment",
    |scope| {
        // Correlated, so that the tasks of a page are looked at and not all of the circle.
        let mut its_task = visible_tasks(scope);
        let id = Expr::col((task::Entity, task::Column::Id));
        its_task.and_where(id.equals((task_assignment::Entity, task_assignment::Column::TaskId)));
        Condition::all().add(Expr::exists(its_task))
    }
);

/// The tasks that need more people and can still be taken on. An overdue task is
/// still to be done; a window that has closed is over.
pub fn uncovered_tasks(now: DateTime<Utc>) -> Condition {
    use task::Column;
    let still_ahead = Condition::any()
        .add(Column::FromLocal.is_null())
        .add(Column::DueAt.gt(now));
    Condition::all()
        .add(Column::State.eq(TaskState::Open))
        .add(has_room())
        .add(still_ahead)
}

/// Whether a place is free: without one, who was asked is not asked any more.
pub fn has_room() -> Expr {
    let column = |column| Expr::col((task::Entity, column));
    column(task::Column::HelpersAccepted).lt(column(task::Column::HelpersNeeded))
}

/// The ids of the tasks a caller sees.
pub fn visible_tasks(scope: &CircleScope) -> sea_orm::sea_query::SelectStatement {
    scope
        .find::<task::Entity>()
        .select_only()
        .column(task::Column::Id)
        .into_query()
}
