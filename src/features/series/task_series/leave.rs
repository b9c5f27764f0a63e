//! Releases the series of a member who leaves, is suspended, or may do less than before. Their tasks
//! are released as any other task.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

use crate::access::CircleWrite;
use crate::access::change_log::Change;
use crate::entity::task_series;
use crate::entity::task_series_member::{self, SeriesMemberState};
use crate::entity::topic_grant::TopicLevel;
use crate::features::participation::{Part, ReleaseOutcome, ReleasePlan, ReleasedItem};
use crate::features::series::leave::out_of_reach;
use crate::problem::Problem;

/// Ends the member's parts in series whose topics they can no longer take part in. It reads once, and
/// writes when the transaction commits. The members who relied on them are told of the tasks that
/// were released.
pub async fn release_series(
    write: &mut CircleWrite,
    plan: &ReleasePlan<'_>,
    outcome: &mut ReleaseOutcome,
) -> Result<(), Problem> {
    let still_open = plan.topics_to_take_part_in;
    let released = out_of_reach::<task_series::Entity>(write, plan, still_open).await?;
    if released.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = released.iter().map(|series| series.id.0).collect();
    let parts = Condition::all()
        .add(task_series_member::Column::SeriesId.is_in(ids.iter().copied()))
        .add(task_series_member::Column::MemberId.eq(plan.member))
        .add(task_series_member::Column::State.is_in(task_series_member::Entity::OPEN));
    let version = task_series_member::Column::Version;
    let values = vec![
        (
            task_series_member::Column::State,
            Expr::value(SeriesMemberState::Released),
        ),
        (version, Expr::col(version).add(1)),
        (
            task_series_member::Column::UpdatedAt,
            Expr::value(write.now()),
        ),
    ];
    write.update_all_later::<task_series_member::Entity>(parts, values);
    write.update_rows_later::<task_series::Entity>(&ids, Vec::new());
    let mut changes = Vec::new();
    for series in released {
        let change = Change::to::<task_series::Entity>("released", &series).about(series.topic);
        changes.push(change.on_behalf_of(plan.member));
        if write.scope().topics().level(series.topic) >= TopicLevel::Read {
            outcome.released.push(ReleasedItem {
                kind: "task_series",
                id: series.id.0,
                title: series.title,
            });
        }
    }
    write.log_all(changes).await
}
