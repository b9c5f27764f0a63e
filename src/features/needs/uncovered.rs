//! Which needs need more people, and which offers wait for the caller.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition};

use crate::access::{CircleScope, MyCircles};
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::need::{self, NeedState};
use crate::entity::need_assignment::{self, NeedAssignmentState};
use crate::features::handovers::is_asked_by_name;
use crate::features::participation::{First, Work, rows_with_my_part};
use crate::schedule::window::Window;

/// The needs of scheduled appointments that need more people and are not over. An
/// appointment that took place counts too, because a ride home may still need a driver.
pub fn uncovered_needs(scope: &CircleScope, now: DateTime<Utc>) -> Condition {
    use need::Column;
    let takes_place = [AppointmentState::Scheduled, AppointmentState::Completed];
    // Also appointments that the caller does not see: the answer shows nothing of them.
    let scheduled = Query::select()
        .column(appointment::Column::Id)
        .from(appointment::Entity)
        .and_where(appointment::Column::CircleId.eq(scope.circle_id()))
        .and_where(appointment::Column::State.is_in(takes_place))
        .take();
    open_needs(scope.reader_zone(), now)
        .add(need::Entity::is_uncovered())
        .add(Column::AppointmentId.in_subquery(scheduled))
}

/// The open needs that are not over. `zone` is that of the reader.
fn open_needs(zone: &str, now: DateTime<Utc>) -> Condition {
    use need::Column;
    Condition::all()
        .add(Column::State.eq(NeedState::Open))
        .add(Window::ahead(now, zone).condition::<need::Entity>())
}

/// The open needs that are offered to the caller, who has not answered and can still accept. What
/// another member asks them to take over counts as a handover.
pub fn open_need_offers(circles: &MyCircles<'_>) -> SelectStatement {
    let offered = [NeedAssignmentState::Offered];
    let mut offers = rows_with_my_part::<need_assignment::Entity>(circles, First::Rows, &offered);
    let open = open_needs(circles.time_zone(), circles.now());
    offers
        .cond_where(open.add(need::Entity::is_uncovered()))
        .and_where(is_asked_by_name::<need::Entity>().not());
    offers
}
