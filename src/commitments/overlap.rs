//! Two things at the same time: worth a question before one takes both on.

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use crate::access::CircleWrite;
use crate::entity::task::{self, TaskState};
use crate::entity::task_assignment::{self, AssignmentState};
use crate::problem::{Conflict, ConflictWith, Problem};
use crate::wall_time::resolve;

/// Refuses a task whose window overlaps one that the caller has taken on.
/// A due time alone is no window: it says by when, not when.
pub async fn check_overlap(write: &CircleWrite, wanted: &task::Model) -> Result<(), Problem> {
    let (Some(me), Some((from, to))) = (write.scope().member_id(), window(wanted)) else {
        return Ok(());
    };
    let held = write
        .find_in_circle::<task_assignment::Entity>()
        .filter(task_assignment::Column::MemberId.eq(me))
        .filter(task_assignment::Column::State.eq(AssignmentState::Accepted))
        .all(write.tx())
        .await?;
    let tasks = write
        .find_in_circle::<task::Entity>()
        .filter(task::Column::Id.is_in(held.into_iter().map(|held| held.task_id)))
        .filter(task::Column::State.eq(TaskState::Open))
        .filter(task::Column::FromLocal.is_not_null())
        .filter(task::Column::DueAt.gt(from))
        .order_by_asc(task::Column::DueAt)
        .all(write.tx())
        .await?;
    let conflicts: Vec<ConflictWith> = tasks
        .iter()
        .filter(|task| task.id != wanted.id)
        .filter(|task| window(task).is_some_and(|(start, end)| start < to && from < end))
        .map(|task| ConflictWith {
            kind: "task",
            id: task.id.0,
        })
        .collect();
    if conflicts.is_empty() {
        return Ok(());
    }
    Err(Conflict {
        conflicts,
        ..Conflict::of("overlap", "You have taken on something else for that time.")
    }
    .into())
}

type Window = (chrono::DateTime<chrono::Utc>, chrono::DateTime<chrono::Utc>);

fn window(task: &task::Model) -> Option<Window> {
    let from = resolve(task.from_local?, task.time_zone.as_deref()?);
    Some((from, task.due_at?))
}
