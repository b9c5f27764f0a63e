//! Which tasks need more people.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition};

use crate::entity::task::{self, TaskState};
use crate::features::participation::Work;

/// The tasks that need more people and can still be claimed. An overdue task can, but a task with a
/// start time only until it is due.
pub fn uncovered_tasks(now: DateTime<Utc>) -> Condition {
    use task::Column;
    let still_ahead = Condition::any()
        .add(Column::StartsLocal.is_null())
        .add(Column::DueAt.gt(now));
    Condition::all()
        .add(Column::State.eq(TaskState::Open))
        .add(task::Entity::is_uncovered())
        .add(still_ahead)
}
