//! Two things at the same time: worth a question before one takes both on.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::access::CircleWrite;
use crate::entity::ids::MemberId;
use crate::entity::need::{self, NeedState};
use crate::entity::need_commitment::{self, CommitmentState};
use crate::entity::task::{self, TaskState};
use crate::entity::task_assignment::{self, AssignmentState};
use crate::problem::{Conflict, ConflictWith, Problem};
use crate::wall_time::resolve;

/// Something that takes a time of its own. A due time alone is none: it says
/// by when, not when.
#[derive(Clone, Copy, Debug)]
pub struct Commitment {
    kind: &'static str,
    id: Uuid,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

impl Commitment {
    /// Of a task with a window.
    pub fn of_task(task: &task::Model) -> Option<Self> {
        Some(Self {
            kind: "task",
            id: task.id.0,
            from: resolve(task.from_local?, task.time_zone.as_deref()?),
            to: task.due_at?,
        })
    }

    /// Of a need with an end.
    pub fn of_need(need: &need::Model) -> Option<Self> {
        Some(Self {
            kind: "need",
            id: need.id.0,
            from: need.starts_at?,
            to: need.ends_at?,
        })
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.id != other.id && self.from < other.to && other.from < self.to
    }
}

/// Refuses what overlaps something that the caller has taken on.
pub async fn check_overlap(write: &CircleWrite, wanted: &Commitment) -> Result<(), Problem> {
    let Some(me) = write.scope().member_id() else {
        return Ok(());
    };
    let mut held = tasks_of(write, me, wanted.from).await?;
    held.extend(needs_of(write, me, wanted.from).await?);
    held.retain(|held| held.overlaps(wanted));
    if held.is_empty() {
        return Ok(());
    }
    let name = |held: Commitment| ConflictWith {
        kind: held.kind,
        id: held.id,
    };
    Err(Conflict {
        conflicts: held.into_iter().map(name).collect(),
        ..Conflict::of("overlap", "You have taken on something else for that time.")
    }
    .into())
}

async fn tasks_of(
    write: &CircleWrite,
    me: MemberId,
    from: DateTime<Utc>,
) -> Result<Vec<Commitment>, Problem> {
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
    Ok(tasks.iter().filter_map(Commitment::of_task).collect())
}

async fn needs_of(
    write: &CircleWrite,
    me: MemberId,
    from: DateTime<Utc>,
) -> Result<Vec<Commitment>, Problem> {
    let held = write
        .find_in_circle::<need_commitment::Entity>()
        .filter(need_commitment::Column::MemberId.eq(me))
        .filter(need_commitment::Column::State.eq(CommitmentState::Accepted))
        .all(write.tx())
        .await?;
    let needs = write
        .find_in_circle::<need::Entity>()
        .filter(need::Column::Id.is_in(held.into_iter().map(|held| held.need_id)))
        .filter(need::Column::State.eq(NeedState::Open))
        .filter(need::Column::EndsAt.gt(from))
        .order_by_asc(need::Column::StartsAt)
        .all(write.tx())
        .await?;
    Ok(needs.iter().filter_map(Commitment::of_need).collect())
}
