//! The loop that ends handovers whose time is over. The members keep what they wanted to hand over, and
//! are told.

use std::collections::BTreeSet;
use std::time::Duration;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::store::{self, Shown};
use crate::access::CircleWrite;
use crate::app::App;
use crate::entity::change::ActorKind;
use crate::entity::handover::{self, Column, HandoverState};
use crate::entity::ids::CircleId;
use crate::http::response::NoContent;
use crate::notify::notifications;
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::problem::Problem;

/// How often it looks for handovers whose time is over.
const ROUND: Duration = Duration::from_mins(1);

/// Ends handovers whose time is over until the server stops.
pub async fn keep_expiring(app: App) {
    while !app.stopping().is_cancelled() {
        if let Err(problem) = expire_handovers(&app).await {
            tracing::warn!(
                ?problem,
                "could not read the handovers whose time is over; trying again"
            );
        }
        tokio::select! {
            () = tokio::time::sleep(ROUND) => {}
            () = app.stopping().cancelled() => {}
        }
    }
}

/// Ends every handover whose time is over. Returns how many. A circle that fails does not stop the
/// others and is tried again in the next round.
pub async fn expire_handovers(app: &App) -> Result<usize, Problem> {
    let mut ended = 0;
    for circle_id in find_circles(app).await? {
        match expire_in_circle(app, circle_id).await {
            Ok(more) => ended += more,
            Err(problem) => tracing::warn!(
                %circle_id, ?problem,
                "could not end the handovers whose time is over in a circle; trying again"
            ),
        }
    }
    Ok(ended)
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

async fn expire_in_circle(app: &App, circle_id: CircleId) -> Result<usize, Problem> {
    let mut write = CircleWrite::begin_as_system(app, circle_id, ActorKind::System, None).await?;
    // The time is no condition of the query: with it SQLite takes the index on the state and the time,
    // and reads the handovers of all circles.
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
    let told = store::end_all(&mut write, over, HandoverState::Expired).await?;
    notifications::notify(&write, told).await?;
    write.commit(NoContent).await?;
    Ok(ended)
}
