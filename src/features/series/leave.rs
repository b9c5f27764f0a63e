//! Takes a member who leaves, is suspended, or may do less than before off series of both kinds.

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use super::repeats::Repeats;
use super::{appointment_series, task_series};
use crate::access::CircleWrite;
use crate::entity::task_series::SeriesState;
use crate::entity::topic_grant::Topic;
use crate::features::participation::{ReleaseOutcome, ReleasePlan};
use crate::platform::db::in_list;
use crate::problem::Problem;

/// Ends the member's parts in series whose topics they can no longer take part in.
pub async fn release_series(
    write: &mut CircleWrite,
    plan: &ReleasePlan<'_>,
    outcome: &mut ReleaseOutcome,
) -> Result<(), Problem> {
    task_series::release_series(write, plan, outcome).await?;
    appointment_series::release_attendees(write, plan).await
}

/// The series in which the member has a part and that go on, without those about topics that are still
/// open to the member: one query, or none if the member has no part in any.
pub async fn out_of_reach<S: Repeats>(
    write: &CircleWrite,
    plan: &ReleasePlan<'_>,
    still_open: &[Topic],
) -> Result<Vec<S::Model>, Problem> {
    let held = plan.held.of::<S>();
    if held.is_empty() {
        return Ok(Vec::new());
    }
    let released = write
        .find_in_circle::<S>()
        .filter(S::id_column().is_in(in_list(held.iter().copied())))
        .filter(S::COLUMNS.state.ne(SeriesState::Ended))
        .filter(S::COLUMNS.topic.is_not_in(still_open.iter().copied()))
        .order_by_asc(S::created_at_column())
        .order_by_asc(S::id_column())
        .all(write.tx())
        .await?;
    Ok(released)
}
