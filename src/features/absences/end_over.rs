//! The loop that ends absences whose last day is over. What the members kept counts as covered again.

use std::collections::BTreeSet;
use std::time::Duration;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::affected;
use crate::access::change_log::Change;
use crate::access::{Absences, CircleWrite};
use crate::app::App;
use crate::entity::absence::{self, AbsenceState, Column};
use crate::entity::change::ActorKind;
use crate::entity::ids::CircleId;
use crate::http::response::NoContent;
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::problem::Problem;

/// How often it looks for absences whose last day is over.
const ROUND: Duration = Duration::from_mins(1);

/// Ends absences whose last day is over until the server stops.
pub async fn keep_ending(app: App) {
    while !app.stopping().is_cancelled() {
        if let Err(problem) = end_over_absences(&app).await {
            tracing::warn!(
                ?problem,
                "could not read the absences whose last day is over; trying again"
            );
        }
        tokio::select! {
            () = tokio::time::sleep(ROUND) => {}
            () = app.stopping().cancelled() => {}
        }
    }
}

/// Ends every absence whose last day is over in its circle. Returns how many. A circle that fails does
/// not stop the others and is tried again in the next round.
pub async fn end_over_absences(app: &App) -> Result<usize, Problem> {
    let mut ended = 0;
    for circle_id in find_circles(app).await? {
        match end_in_circle(app, circle_id).await {
            Ok(more) => ended += more,
            Err(problem) => tracing::warn!(
                %circle_id, ?problem,
                "could not end the absences whose last day is over in a circle; trying again"
            ),
        }
    }
    Ok(ended)
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

async fn end_in_circle(app: &App, circle_id: CircleId) -> Result<usize, Problem> {
    let mut write = CircleWrite::begin_as_system(app, circle_id, ActorKind::System, None).await?;
    let absences = Absences::also_over(&write).await?;
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
    affected::follow(&mut write, &members, &absences).await?;
    write.commit(NoContent).await?;
    Ok(over.len())
}
