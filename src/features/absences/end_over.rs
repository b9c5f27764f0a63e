//! Ends absences whose last day is over, in the background. What the members kept counts as covered again.

use std::collections::BTreeSet;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::affected;
use crate::access::change_log::Change;
use crate::access::{Absences, CircleStep, CircleWrite, count_done, in_circles};
use crate::app::App;
use crate::entity::absence::{self, AbsenceState, Column};
use crate::entity::ids::CircleId;
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::problem::Problem;

/// Ends every absence whose last day is over in its circle. Returns how many. A circle that fails does
/// not stop the others and is tried again the next time.
pub async fn end_over_absences(app: &App) -> Result<usize, Problem> {
    let circles = find_circles(app).await?;
    let work = circles.into_iter().map(|circle| (circle, vec![()]));
    let ends = in_circles(app, &EndAbsences, work.collect()).await;
    Ok(count_done(ends, "end absences"))
}

/// The circles in which a last day may be over. No time zone is more than a day ahead of UTC.
#[expect(
    clippy::disallowed_methods,
    reason = "looks over all circles; each is entered through its own scope"
)]
async fn find_circles(app: &App) -> Result<BTreeSet<CircleId>, Problem> {
    let today = app.clock().now().date_naive();
    let circles = absence::Entity::find()
        .select_only()
        .column(Column::CircleId)
        .filter(Column::State.eq(AbsenceState::Active))
        .filter(Column::UntilOn.lte(today))
        .by_position::<CircleId>()
        .read(app.reader())
        .await?;
    Ok(circles.into_iter().collect())
}

struct EndAbsences;

impl CircleStep for EndAbsences {
    type Task = ();
    type Done = usize;

    async fn step(&self, write: &mut CircleWrite, _: &[()]) -> Result<usize, Problem> {
        let absences = Absences::also_over(write).await?;
        let over: Vec<absence::Model> = absences.over().cloned().collect();
        if over.is_empty() {
            return Ok(0);
        }
        let mut changes = Vec::new();
        for row in &over {
            let change = Change::to::<absence::Entity>("ended", row).on_behalf_of(row.member_id);
            changes.push(change.fields(vec!["state"]));
        }
        let ids = over.iter().map(|row| row.id.into());
        let ids: Vec<Uuid> = ids.collect();
        let ended = vec![(Column::State, Expr::value(AbsenceState::Ended))];
        write.update_rows_later::<absence::Entity>(&ids, ended);
        write.log_all(changes).await?;
        let members = over.iter().map(|row| row.member_id).collect();
        affected::follow(write, &members, &absences).await?;
        Ok(over.len())
    }
}
