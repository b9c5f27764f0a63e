//! Which tasks need more people.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition};

use crate::entity::task::{self, TaskState};
use crate::features::participation::Work;

/// The tasks that need more people and can still be claimed or taken over. An overdue task can, but
/// a task with a start time only until it is due.
pub fn uncovered_tasks(now: DateTime<Utc>) -> Condition {
    use task::Column;
    Condition::all()
        .add(Column::State.eq(TaskState::Open))
        .add(task::Entity::is_uncovered())
        .add(still_ahead(now))
}

/// The tasks with a free place that can still be claimed.
pub(super) fn claimable_tasks(now: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(task::Column::State.eq(TaskState::Open))
        .add(task::Entity::with_room())
        .add(still_ahead(now))
}

fn still_ahead(now: DateTime<Utc>) -> Condition {
    Condition::any()
        .add(task::Column::StartsLocal.is_null())
        .add(task::Column::DueAt.gt(now))
}
