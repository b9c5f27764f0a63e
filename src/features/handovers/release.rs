//! Ends the handovers to a member who leaves, is suspended, or can no longer take part in what is
//! handed over. The members who asked them keep it, and are told.

use sea_orm::{ColumnTrait, QueryFilter};

use super::store::{self, Shown};
use crate::access::{CircleWrite, who_may_take_part};
use crate::entity::handover::{self, Column, HandoverState};
use crate::entity::ids::MemberId;
use crate::entity::task;
use crate::features::participation::{ReleaseOutcome, ReleasePlan};
use crate::notify::notifications::Notification;
use crate::platform::db::{ReadRows, SelectByPosition, in_list};
use crate::problem::Problem;

/// Ends the handovers to the member in the plan. Nothing is read if there are none.
pub async fn release_handovers(
    write: &mut CircleWrite,
    plan: &ReleasePlan<'_>,
    outcome: &mut ReleaseOutcome,
) -> Result<(), Problem> {
    let ids = plan.held.of::<handover::Entity>();
    if ids.is_empty() {
        return Ok(());
    }
    let asked = write
        .find_in_circle::<handover::Entity>()
        .filter(Column::Id.is_in(in_list(ids.iter().copied())));
    let mut asked = store::with_shown(write.scope(), asked)
        .by_position::<(handover::Model, Shown)>()
        .read(write.tx())
        .await?;
    let topics = plan.topics_to_take_part_in;
    asked.retain(|(row, shown)| match shown.topic_of(row) {
        Some(topic) => !topics.contains(&topic),
        None => topics.is_empty(),
    });
    asked.sort_by_key(|(row, _)| row.id);
    let told = store::end_all(write, asked, HandoverState::Withdrawn).await?;
    outcome.notifications.extend(told);
    Ok(())
}

/// Ends the handovers of a task to members who can no longer take part in it, because it has another
/// topic. Returns the notifications for those who keep it.
pub async fn release_handovers_of_task(
    write: &mut CircleWrite,
    task: &task::Model,
) -> Result<Vec<Notification>, Problem> {
    let asked = write
        .find_in_circle::<handover::Entity>()
        .filter(Column::TaskId.eq(task.id))
        .filter(Column::State.eq(HandoverState::Open))
        .filter(Column::ToMemberId.is_not_null());
    let mut asked = store::with_shown(write.scope(), asked)
        .by_position::<(handover::Model, Shown)>()
        .read(write.tx())
        .await?;
    let members = asked.iter().filter_map(|(row, _)| row.to_member_id);
    let members: Vec<MemberId> = members.collect();
    let able = who_may_take_part(write, &members, task.topic).await?;
    asked.retain(|(row, _)| {
        row.to_member_id
            .is_some_and(|member| !able.contains(&member))
    });
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    asked.sort_by_key(|(row, _)| row.id);
    store::end_all(write, asked, HandoverState::Withdrawn).await
}
