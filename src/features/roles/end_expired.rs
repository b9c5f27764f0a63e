//! The job that ends role assignments after their last day, and withdraws offers whose
//! last day is over. The members who relied on them are told.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{role_assignments, store};
use crate::access::CircleWrite;
use crate::app::App;
use crate::entity::change::ActorKind;
use crate::entity::ids::CircleId;
use crate::entity::notification::NotificationKind;
use crate::entity::role;
use crate::entity::role_assignment::{self, Column, RoleAssignmentState};
use crate::features::participation::Part;
use crate::http::response::NoContent;
use crate::notify::notifications;
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::problem::Problem;

/// Ends every active assignment whose last day is over in its circle, and withdraws such
/// offers. Returns how many. A circle that fails does not stop the others and is tried
/// again the next time.
pub async fn end_expired_assignments(app: &App) -> Result<usize, Problem> {
    let mut ended = 0;
    for circle_id in find_circles(app).await? {
        match end_in_circle(app, circle_id).await {
            Ok(more) => ended += more,
            Err(problem) => tracing::warn!(
                %circle_id, ?problem,
                "could not end the roles whose last day is over in a circle; trying again"
            ),
        }
    }
    Ok(ended)
}

/// The circles in which a last day may be over. No time zone is more than a day ahead of
/// UTC.
#[expect(
    clippy::disallowed_methods,
    reason = "looks over all circles; each is entered through its own scope"
)]
async fn find_circles(app: &App) -> Result<Vec<CircleId>, Problem> {
    let today = app.clock().now().date_naive();
    Ok(role_assignment::Entity::find()
        .select_only()
        .column(Column::CircleId)
        .distinct()
        .filter(Column::State.is_in(role_assignment::Entity::OPEN))
        .filter(Column::EndsOn.lte(today))
        .order_by_asc(Column::CircleId)
        .by_position::<CircleId>()
        .read(app.reader())
        .await?)
}

async fn end_in_circle(app: &App, circle_id: CircleId) -> Result<usize, Problem> {
    let mut write = CircleWrite::begin_as_system(app, circle_id, ActorKind::System, None).await?;
    let today = store::today(&write);
    let over = write
        .find::<role_assignment::Entity>()
        .filter(Column::State.is_in(role_assignment::Entity::OPEN))
        .filter(Column::EndsOn.lt(today))
        .order_by_asc(Column::Id)
        .all(write.tx())
        .await?;
    for part in &over {
        let last_day = part.ends_on.unwrap_or(today);
        let (_, change) = role_assignments::end_or_withdraw_later(&write, part, last_day)?;
        write.log(change).await?;
    }
    let ended = |part: &&role_assignment::Model| part.state == RoleAssignmentState::Active;
    let ended: Vec<_> = over.iter().filter(ended).collect();
    let mut notifications = Vec::new();
    let roles = write
        .find::<role::Entity>()
        .filter(role::Column::Id.is_in(over.iter().map(|part| part.role_id)))
        .order_by_asc(role::Column::Id)
        .all(write.tx())
        .await?;
    for role in roles {
        for part in ended.iter().filter(|part| part.role_id == role.id) {
            let kind = NotificationKind::Freed;
            notifications.push(role_assignments::notification_of_release(
                &write, kind, &role, part,
            ));
        }
        store::touch(&mut write, &role).await?;
    }
    notifications::notify(&write, notifications).await?;
    write.commit(NoContent).await?;
    Ok(over.len())
}
