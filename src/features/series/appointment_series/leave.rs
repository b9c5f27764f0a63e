//! Takes a member who leaves, is suspended, or sees less than before off the series of appointments.
//! The appointments are released as any other.

use sea_orm::{ColumnTrait, Condition};

use crate::access::CircleWrite;
use crate::access::change_log::Change;
use crate::entity::appointment_series;
use crate::entity::appointment_series_attendee::{self, Column};
use crate::features::participation::ReleasePlan;
use crate::features::series::leave::out_of_reach;
use crate::problem::Problem;

/// Does not ask the member any more to come to series whose topics they do not see. It reads once, and
/// writes when the transaction commits. Who relied on them is told of the appointments.
pub async fn release_attendees(
    write: &mut CircleWrite,
    plan: &ReleasePlan<'_>,
) -> Result<(), Problem> {
    let left = out_of_reach::<appointment_series::Entity>(write, plan, plan.sees).await?;
    if left.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = left.iter().map(|series| series.id.0).collect();
    let parts = Condition::all()
        .add(Column::SeriesId.is_in(ids.iter().copied()))
        .add(Column::MemberId.eq(plan.member));
    write.delete_all_in_circle_later::<appointment_series_attendee::Entity>(parts);
    write.update_rows_later::<appointment_series::Entity>(&ids, Vec::new());
    let change = |series: &appointment_series::Model| {
        let change = Change::to::<appointment_series::Entity>("attendee_removed", series);
        let change = change.about(series.topic).fields(vec!["attendees"]);
        change.on_behalf_of(plan.member)
    };
    write.log_all(left.iter().map(change).collect()).await
}
