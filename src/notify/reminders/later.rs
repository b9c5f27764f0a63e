//! Of several reminders of one thing that are due at once, a person gets only the latest:
//! after an outage of this server or of the mail server nobody gets two in one second.

use sea_orm::{ColumnTrait, Condition, QueryFilter};

use super::first::SENT;
use super::item::Item;
use crate::access::CircleWrite;
use crate::entity::delivery;
use crate::entity::ids::MemberId;
use crate::entity::reminder::{self, Column, ReminderState};
use crate::notify::subject::SubjectId;
use crate::problem::Problem;

/// The reminders of the same thing that were to fire after this one, and are due by now.
pub async fn due_later(
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

/// Whether a member is told by a later reminder: its mail is out or waits, or is made in
/// a moment.
pub async fn is_told_later(
    write: &CircleWrite,
    item: &Item,
    reminder: &reminder::Model,
    member: MemberId,
) -> Result<bool, Problem> {
    let mut later = due_later(write, item, reminder).await?;
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
