//! How many occurrences and series a circle may have.

use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

use super::making::Making;
use super::repeats::Repeats;
use crate::access::{Added, CircleWrite};
use crate::entity::task_series::SeriesState;
use crate::problem::Problem;

/// Refuses a change after which there are so many more occurrences that they are too many, and a new
/// series if the circle has as many as it may: at most one statement counts. What only time makes is
/// never refused. The series promised it when it was created, and nobody would be there to read the
/// refusal.
pub(super) async fn check_room<S: Repeats>(
    write: &CircleWrite,
    series: &S::Model,
    is_new_series: bool,
    more: u64,
) -> Result<(), Problem> {
    if write.actor().is_none() {
        return Ok(());
    }
    let occurrences = Added {
        limit: S::MOST_ITEMS,
        which: S::counted_items(write.now()),
        more,
    };
    if !is_new_series {
        return write.check_added::<S::Item>(occurrences).await;
    }
    let id: Uuid = S::id_of(series).into();
    let others = Condition::all()
        .add(S::COLUMNS.state.ne(SeriesState::Ended))
        .add(S::id_column().ne(id));
    let one_more = Added {
        limit: S::MOST,
        which: others,
        more: 1,
    };
    let both = write.check_limits::<S, S::Item>(one_more, occurrences);
    both.await
}

/// How many more occurrences count after the change than before.
pub(super) fn more_occurrences<S: Repeats>(write: &CircleWrite, making: &Making<S>) -> u64 {
    let now = write.now();
    let changed = making.changed.iter();
    let before = changed.clone().filter(|(was, _)| S::is_counted(was, now));
    let after = changed.filter(|(_, is)| S::is_counted(is, now));
    let new = making.new.iter().filter(|row| S::is_counted(row, now));
    let more = (after.count() + new.count()).saturating_sub(before.count());
    u64::try_from(more).unwrap_or(u64::MAX)
}
