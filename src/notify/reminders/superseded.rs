//! If several reminders of one item are due at once, a member gets only the latest of them. So
//! after an outage of this server or of the mail server nobody gets two in one second.

use sea_orm::{ColumnTrait, Condition, QueryFilter};

use super::item::Item;
use super::same_day::SENT;
use crate::access::CircleWrite;
use crate::entity::delivery;
use crate::entity::ids::MemberId;
use crate::entity::reminder::{self, Column, ReminderState};
use crate::notify::subject::SubjectId;
use crate::problem::Problem;

/// The reminders of the same item that fire after this one and are due by now.
pub async fn later_reminders_due(
    write: &CircleWrite,
    item: &Item,
    reminder: &reminder::Model,
) -> Result<Vec<reminder::Model>, Problem> {
    let at_the_same_time = Condition::all()
        .add(Column::FireAt.eq(reminder.fire_at))
        .add(Column::Id.gt(reminder.id));
    let after = Condition::any()
        .add(Column::FireAt.gt(reminder.fire_at))
        .add(at_the_same_time);
    let rows = write
        .find_in_circle::<reminder::Entity>()
        .filter(SubjectId::reminders(&[item.id]))
        .filter(after)
        .filter(Column::FireAt.lte(write.now()))
        .filter(Column::NotAfter.gt(write.now()))
        .filter(Column::ScheduleVersion.eq(reminder.schedule_version))
        .filter(Column::State.is_in([ReminderState::Planned, ReminderState::Fired]))
        .all(write.tx())
        .await?;
    Ok(rows)
}

/// Whether a later reminder replaces this one for a member: its email is sent or queued, or is
/// about to be queued.
pub async fn is_superseded_for(
    write: &CircleWrite,
    item: &Item,
    reminder: &reminder::Model,
    member: MemberId,
) -> Result<bool, Problem> {
    let mut later = later_reminders_due(write, item, reminder).await?;
    later.retain(|row| row.member_id.is_none_or(|only| only == member));
    if later.is_empty() {
        return Ok(false);
    }
    if later.iter().any(|row| row.state == ReminderState::Planned) {
        return Ok(true);
    }
    let sent = write
        .find_in_circle::<delivery::Entity>()
        .filter(delivery::Column::ReminderId.is_in(later.iter().map(|row| row.id)))
        .filter(delivery::Column::MemberId.eq(member))
        .filter(delivery::Column::State.is_in(SENT))
        .one(write.tx())
        .await?;
    Ok(sent.is_some())
}
