//! Who takes part in something: holds a task, has not declined an appointment, has
//! taken a need.

use std::collections::HashSet;

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

/// Everybody's parts in these items: one query for each kind of item.
pub async fn parts_of(write: &CircleWrite, items: &[ItemId]) -> Result<HashSet<Part>, Problem> {
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
    let mut parts = HashSet::new();
    parts.extend(who_hold(write, tasks.collect()).await?);
    parts.extend(who_come(write, appointments.collect()).await?);
    parts.extend(who_help(write, needs.collect()).await?);
    Ok(parts)
}

async fn who_hold(write: &CircleWrite, tasks: Vec<TaskId>) -> Result<Vec<Part>, Problem> {
    if tasks.is_empty() {
        return Ok(Vec::new());
    }
    let held = write
        .find_in_circle::<task_assignment::Entity>()
        .filter(task_assignment::Column::TaskId.is_in(tasks))
        .filter(task_assignment::Column::State.eq(AssignmentState::Accepted))
        .all(write.tx())
        .await?;
    let part = |row: task_assignment::Model| (ItemId::Task(row.task_id), row.member_id);
    Ok(held.into_iter().map(part).collect())
}

async fn who_come(
    write: &CircleWrite,
    appointments: Vec<AppointmentId>,
) -> Result<Vec<Part>, Problem> {
    if appointments.is_empty() {
        return Ok(Vec::new());
    }
    let coming = write
        .find_in_circle::<attendance::Entity>()
        .filter(attendance::Column::AppointmentId.is_in(appointments))
        .filter(attendance::Column::Answer.ne(AttendanceAnswer::Declined))
        .all(write.tx())
        .await?;
    let part = |row: attendance::Model| (ItemId::Appointment(row.appointment_id), row.member_id);
    Ok(coming.into_iter().map(part).collect())
}

async fn who_help(write: &CircleWrite, needs: Vec<NeedId>) -> Result<Vec<Part>, Problem> {
    if needs.is_empty() {
        return Ok(Vec::new());
    }
    let taken = write
        .find_in_circle::<need_commitment::Entity>()
        .filter(need_commitment::Column::NeedId.is_in(needs))
        .filter(need_commitment::Column::State.eq(CommitmentState::Accepted))
        .all(write.tx())
        .await?;
    let part = |row: need_commitment::Model| (ItemId::Need(row.need_id), row.member_id);
    Ok(taken.into_iter().map(part).collect())
}
