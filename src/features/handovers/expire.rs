//! Ends handovers whose time is over, in the background. The members keep what they wanted to hand
//! over, and are told.

use std::collections::BTreeSet;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::store::{self, Shown};
use crate::access::{CircleStep, CircleWrite, count_done, in_circles};
use crate::app::App;
use crate::entity::handover::{self, Column, HandoverState};
use crate::entity::ids::CircleId;
use crate::notify::notifications;
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::problem::Problem;

/// Ends every handover whose time is over. Returns how many. A circle that fails does not stop the
/// others and is tried again the next time.
pub async fn expire_handovers(app: &App) -> Result<usize, Problem> {
    let circles = find_circles(app).await?;
    let work = circles.into_iter().map(|circle| (circle, vec![()]));
    let ends = in_circles(app, &ExpireHandovers, work.collect()).await;
    Ok(count_done(ends, "end handovers"))
}

/// The circles with a handover whose time is over.
#[expect(
    clippy::disallowed_methods,
    reason = "looks over all circles; each is entered through its own scope"
)]
async fn find_circles(app: &App) -> Result<BTreeSet<CircleId>, Problem> {
    let now = app.clock().at(app.reader()).await?;
    let circles = handover::Entity::find()
        .select_only()
        .column(Column::CircleId)
        .filter(Column::State.eq(HandoverState::Open))
        .filter(Column::ExpiresAt.lte(now))
        .by_position::<CircleId>()
        .read(app.reader())
        .await?;
    Ok(circles.into_iter().collect())
}

struct ExpireHandovers;

impl CircleStep for ExpireHandovers {
    type Task = ();
    type Done = usize;

    async fn step(&self, write: &mut CircleWrite, _: &[()]) -> Result<usize, Problem> {
        // The time is no condition of the query: with it SQLite takes the index on the state and the
        // time, and reads the handovers of all circles.
        let open = write
            .find::<handover::Entity>()
            .filter(Column::State.eq(HandoverState::Open));
        let mut over = store::with_shown(write.scope(), open)
            .by_position::<(handover::Model, Shown)>()
            .read(write.tx())
            .await?;
        over.retain(|(row, _)| row.expires_at <= write.now());
        over.sort_by_key(|(row, _)| row.id);
        let ended = over.len();
        let told = store::end_all(write, over, HandoverState::Expired).await?;
        notifications::notify(write, told).await?;
        Ok(ended)
    }
}
