//! Who takes part in something: holds a task, has not declined an appointment, has
//! taken a need.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, QueryFilter};

use super::item::ItemId;
use crate::access::CircleWrite;
use crate::entity::attendance::{self, AttendanceAnswer};
use crate::entity::ids::{AppointmentId, MemberId, NeedId, TaskId};
use crate::entity::need_commitment::{self, CommitmentState};
use crate::entity::task_assignment::{self, AssignmentState};
use crate::problem::Problem;

/// Somebody's part in something.
pub type Part = (ItemId, MemberId);

/// How many ids go into one query.
const AT_ONCE: usize = 500;

/// How it stands with a part.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// Whether they took it on, and were not only asked.
    pub said_yes: bool,
    /// Since when it stands like that.
    pub at: DateTime<Utc>,
}

/// Everybody's parts in these items.
pub async fn parts_of(write: &CircleWrite, items: &[ItemId]) -> Result<HashSet<Part>, Problem> {
    Ok(standings(write, items).await?.into_keys().collect())
}

/// Everybody's parts in these items and how they stand: one query for each kind of
/// item and some hundred items.
pub async fn standings(
    write: &CircleWrite,
    items: &[ItemId],
) -> Result<HashMap<Part, Standing>, Problem> {
    let mut parts = HashMap::new();
    for items in items.chunks(AT_ONCE) {
        parts.extend(some_parts(write, items).await?);
    }
    Ok(parts)
}

async fn some_parts(
    write: &CircleWrite,
    items: &[ItemId],
) -> Result<Vec<(Part, Standing)>, Problem> {
    let tasks = items.iter().filter_map(|item| match item {
        ItemId::Task(id) => Some(*id),
        _ => None,
    });
    let appointments = items.iter().filter_map(|item| match item {
        ItemId::Appointment(id) => Some(*id),
        _ => None,
    });
    let needs = items.iter().filter_map(|item| match item {
        ItemId::Need(id) => Some(*id),
        _ => None,
    });
    let mut parts = Vec::new();
    parts.extend(who_hold(write, tasks.collect()).await?);
    parts.extend(who_come(write, appointments.collect()).await?);
    parts.extend(who_help(write, needs.collect()).await?);
    Ok(parts)
}

async fn who_hold(
    write: &CircleWrite,
    tasks: Vec<TaskId>,
) -> Result<Vec<(Part, Standing)>, Problem> {
    if tasks.is_empty() {
        return Ok(Vec::new());
    }
    let held = write
        .find_in_circle::<task_assignment::Entity>()
        .filter(task_assignment::Column::TaskId.is_in(tasks))
        .filter(task_assignment::Column::State.eq(AssignmentState::Accepted))
        .all(write.tx())
        .await?;
    let part = |row: task_assignment::Model| {
        let standing = Standing {
            said_yes: true,
            at: row.updated_at,
        };
        ((ItemId::Task(row.task_id), row.member_id), standing)
    };
    Ok(held.into_iter().map(part).collect())
}

async fn who_come(
    write: &CircleWrite,
    appointments: Vec<AppointmentId>,
) -> Result<Vec<(Part, Standing)>, Problem> {
    if appointments.is_empty() {
        return Ok(Vec::new());
    }
    let coming = write
        .find_in_circle::<attendance::Entity>()
        .filter(attendance::Column::AppointmentId.is_in(appointments))
        .filter(attendance::Column::Answer.ne(AttendanceAnswer::Declined))
        .all(write.tx())
        .await?;
    let part = |row: attendance::Model| {
        let standing = Standing {
            said_yes: row.answer == AttendanceAnswer::Accepted,
            at: row.updated_at,
        };
        (
            (ItemId::Appointment(row.appointment_id), row.member_id),
            standing,
        )
    };
    Ok(coming.into_iter().map(part).collect())
}

async fn who_help(
    write: &CircleWrite,
    needs: Vec<NeedId>,
) -> Result<Vec<(Part, Standing)>, Problem> {
    if needs.is_empty() {
        return Ok(Vec::new());
    }
    let taken = write
        .find_in_circle::<need_commitment::Entity>()
        .filter(need_commitment::Column::NeedId.is_in(needs))
        .filter(need_commitment::Column::State.eq(CommitmentState::Accepted))
        .all(write.tx())
        .await?;
    let part = |row: need_commitment::Model| {
        let standing = Standing {
            said_yes: true,
            at: row.updated_at,
        };
        ((ItemId::Need(row.need_id), row.member_id), standing)
    };
    Ok(taken.into_iter().map(part).collect())
}
