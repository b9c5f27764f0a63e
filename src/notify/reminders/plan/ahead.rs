//! The reminders of everything that is to come in a circle. They are canceled when the circle falls
//! silent, and planned again when it goes on: its deletion is canceled, it is resumed or unarchived.

use sea_orm::Condition;

use super::decide::Newcomer;
use super::{Planner, cancel_where_later};
use crate::access::CircleWrite;
use crate::entity::reminder::ReminderState;
use crate::notify::reminders::parts::{PartStatus, part_statuses};
use crate::notify::subject::{SubjectId, items_ahead};
use crate::problem::Problem;

/// Cancels every reminder of a circle that falls silent, when the transaction commits.
pub fn cancel_all_later(write: &CircleWrite) {
    cancel_where_later(write, Condition::all());
}

/// Cancels the reminders that are held while the circle is paused, when the transaction commits.
pub fn cancel_held_later(write: &CircleWrite) {
    cancel_where_later(write, SubjectId::held_reminders());
}

/// Plans what is still ahead in a circle that goes on. What has passed meanwhile is not made up for.
/// The circle's row was written before in this transaction, because it says what is silent. If nobody was reminded of
/// something, its members count as late: each can get a reminder of their own.
pub async fn plan_all_ahead(write: &CircleWrite) -> Result<(), Problem> {
    let items = items_ahead(write, false).await?;
    let planner = Planner::of(write);
    let ids: Vec<_> = items.iter().map(|item| item.id).collect();
    let mut unheard = ids.clone();
    let existing = planner.existing(&ids).await?;
    unheard.retain(|id| {
        let mut rows = existing.get(id).into_iter().flatten();
        // Those who take part hear nothing of a gap.
        !rows.any(|row| row.state == ReminderState::Fired && !row.is_of_gap())
    });
    let newcomer = |((item, member), part): (_, PartStatus)| Newcomer {
        item,
        member,
        said_yes: part.said_yes,
    };
    let parts = part_statuses(write, &unheard).await?;
    let newcomers: Vec<_> = parts.into_iter().map(newcomer).collect();
    planner.plan(&items, &newcomers).await
}

/// Plans again what is ahead in a circle whose instants follow newer time zone rules. No member
/// counts as late.
pub async fn replan_all_ahead(write: &CircleWrite) -> Result<(), Problem> {
    let items = items_ahead(write, false).await?;
    Planner::of(write).plan(&items, &[]).await
}
