//! Who is reminded of an item. Asked when it fires, and again when the mail is
//! written: what was given back meanwhile concerns nobody.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, Condition, QueryFilter};

use super::item::Item;
use crate::access::{CircleWrite, who_sees};
use crate::appointments::{holders_of, moment_of_need, needs_of};
use crate::entity::attendance::{self, AttendanceAnswer};
use crate::entity::ids::MemberId;
use crate::entity::membership;
use crate::entity::need::NeedState;
use crate::entity::need_commitment::CommitmentState;
use crate::entity::task_assignment::{self, AssignmentState};
use crate::entity::topic_grant::Topic;
use crate::problem::Problem;
use crate::wall_time::Moment;

/// Somebody an item concerns.
#[derive(Debug)]
pub struct Concerned {
    pub member: membership::Model,
    /// What they are reminded of: who drives is told when to set off.
    pub moment: Option<Moment>,
    /// Whether they still see what concerns them.
    pub sees: bool,
}

/// Everybody an item concerns now, or whether it concerns `only` one.
pub async fn audience(
    write: &CircleWrite,
    item: &Item,
    only: Option<MemberId>,
) -> Result<Vec<Concerned>, Problem> {
    let own = part_of(write, item).await?;
    let helping = match item {
        Item::Task(_) => HashMap::new(),
        Item::Appointment(row) => helpers_of(write, row.id).await?,
    };
    let mut wanted = Condition::all()
        .add(membership::Column::Id.is_in(own.iter().copied().chain(helping.keys().copied())));
    if let Some(only) = only {
        wanted = wanted.add(membership::Column::Id.eq(only));
    }
    let members = write
        .find::<membership::Entity>()
        .filter(wanted)
        .all(write.tx())
        .await?;
    let see_it = who_sees(write, &members, item.topic()).await?;
    let see_needs = who_sees(write, &members, Topic::Daily).await?;

    let concerned = |member: membership::Model| {
        let id = member.id;
        if own.contains(&id) && see_it.contains(&id) {
            let (moment, sees) = (item.moment(), true);
            return Concerned {
                member,
                moment,
                sees,
            };
        }
        Concerned {
            moment: helping.get(&id).copied().flatten(),
            sees: helping.contains_key(&id) && see_needs.contains(&id),
            member,
        }
    };
    Ok(members.into_iter().map(concerned).collect())
}

/// Who has taken a task on, or has not declined an appointment.
async fn part_of(write: &CircleWrite, item: &Item) -> Result<Vec<MemberId>, Problem> {
    Ok(match item {
        Item::Task(task) => {
            let held = write
                .find::<task_assignment::Entity>()
                .filter(task_assignment::Column::TaskId.eq(task.id))
                .filter(task_assignment::Column::State.eq(AssignmentState::Accepted));
            let held = held.all(write.tx()).await?;
            held.into_iter().map(|held| held.member_id).collect()
        }
        Item::Appointment(row) => {
            let coming = write
                .find::<attendance::Entity>()
                .filter(attendance::Column::AppointmentId.eq(row.id))
                .filter(attendance::Column::Answer.ne(AttendanceAnswer::Declined));
            let coming = coming.all(write.tx()).await?;
            coming.into_iter().map(|held| held.member_id).collect()
        }
    })
}

/// Who has taken a need of an appointment, and when that is; of several the
/// first, when they set off.
async fn helpers_of(
    write: &CircleWrite,
    appointment: crate::entity::ids::AppointmentId,
) -> Result<HashMap<MemberId, Option<Moment>>, Problem> {
    let mut needs = needs_of(write, appointment).await?;
    needs.retain(|need| need.state == NeedState::Open);
    let ids: Vec<_> = needs.iter().map(|need| need.id).collect();
    let taken = holders_of(write, &ids, &[CommitmentState::Accepted]).await?;
    let mut helping = HashMap::new();
    for need in &needs {
        for held in taken.iter().filter(|held| held.need_id == need.id) {
            helping
                .entry(held.member_id)
                .or_insert_with(|| moment_of_need(need));
        }
    }
    Ok(helping)
}
