//! Which needs need more people, and which offers wait for the caller.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition};

use crate::access::CircleScope;
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::need::{self, NeedState};
use crate::entity::need_assignment;
use crate::features::participation::{Work, unanswered};
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
    open_needs(scope, now).add(Column::AppointmentId.in_subquery(scheduled))
}

/// The needs that need more people and are not over.
fn open_needs(scope: &CircleScope, now: DateTime<Utc>) -> Condition {
    use need::Column;
    Condition::all()
        .add(Column::State.eq(NeedState::Open))
        .add(need::Entity::with_room())
        .add(Window::ahead(now, scope.reader_zone()).condition::<need::Entity>())
}

/// The offers of open needs that the caller has not answered and can still accept.
pub fn open_need_offers(scope: &CircleScope, now: DateTime<Utc>) -> Condition {
    unanswered::<need_assignment::Entity>(scope, open_needs(scope, now))
}
