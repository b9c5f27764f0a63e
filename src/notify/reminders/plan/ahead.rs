//! The reminders of everything that is to come in a circle. They are canceled when the deletion of
//! the circle is scheduled, and planned again when the deletion is canceled.

use sea_orm::Condition;

use super::decide::Newcomer;
use super::{Planner, cancel_where_later};
use crate::access::CircleWrite;
use crate::entity::reminder::ReminderState;
use crate::notify::reminders::parts::{PartStatus, part_statuses};
use crate::notify::subject::items_ahead;
use crate::problem::Problem;

/// Cancels every reminder of a circle whose deletion is scheduled, when the transaction commits.
pub fn cancel_all_later(write: &CircleWrite) {
    cancel_where_later(write, Condition::all());
}

/// Plans what is still ahead in a circle whose deletion was canceled. If nobody was reminded of
/// something, its members count as late: each can get a reminder of their own.
pub async fn plan_all_ahead(write: &CircleWrite) -> Result<(), Problem> {
    let items = items_ahead(write, false).await?;
    let planner = Planner {
        is_ending: false,
        ..Planner::of(write)
    };
    let ids: Vec<_> = items.iter().map(|item| item.id).collect();
    let mut unheard = ids.clone();
    let existing = planner.existing(&ids).await?;
    unheard.retain(|id| {
        let mut rows = existing.get(id).into_iter().flatten();
        !rows.any(|row| row.state == ReminderState::Fired)
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
