//! The job that ends role assignments after their last day, and withdraws offers whose
//! last day is over. The members who relied on them are told.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{role_assignments, store};
use crate::access::{CircleStep, CircleWrite, count_done, in_circles};
use crate::app::App;
use crate::entity::ids::CircleId;
use crate::entity::notification::NotificationKind;
use crate::entity::role;
use crate::entity::role_assignment::{self, Column, RoleAssignmentState};
use crate::features::participation::Part;
use crate::notify::notifications;
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::problem::Problem;

/// Ends every active assignment whose last day is over in its circle, and withdraws such
/// offers. Returns how many. A circle that fails does not stop the others and is tried
/// again the next time.
pub async fn end_expired_assignments(app: &App) -> Result<usize, Problem> {
    let circles = find_circles(app).await?;
    let work = circles.into_iter().map(|circle| (circle, vec![()]));
    let ends = in_circles(app, &EndAssignments, work.collect()).await;
    Ok(count_done(ends, "end roles"))
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

struct EndAssignments;

impl CircleStep for EndAssignments {
    type Task = ();
    type Done = usize;

    async fn step(&self, write: &mut CircleWrite, _: &[()]) -> Result<usize, Problem> {
        let today = store::today(write);
        let over = write
            .find::<role_assignment::Entity>()
            .filter(Column::State.is_in(role_assignment::Entity::OPEN))
            .filter(Column::EndsOn.lt(today))
            .order_by_asc(Column::Id)
            .all(write.tx())
            .await?;
        for part in &over {
            let last_day = part.ends_on.unwrap_or(today);
            let (_, change) = role_assignments::end_or_withdraw_later(write, part, last_day)?;
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
                    write, kind, &role, part,
                ));
            }
            store::touch(write, &role).await?;
        }
        notifications::notify(write, notifications).await?;
        Ok(over.len())
    }
}
