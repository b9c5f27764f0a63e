//! Which appointments wait for the caller's response.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition};

use crate::access::CircleScope;
use crate::entity::appointment::{self, AppointmentState, Column};
use crate::entity::attendance;
use crate::features::participation::unanswered;
use crate::schedule::window::Window;

/// The appointments that are proposed or scheduled, also if their time is over.
pub fn is_on() -> Condition {
    let states = [AppointmentState::Proposed, AppointmentState::Scheduled];
    Condition::all().add(Column::State.is_in(states))
}

/// The attendances to which the caller has not responded, in appointments to come.
pub fn unanswered_attendances(scope: &CircleScope, now: DateTime<Utc>) -> Condition {
    let ahead = Window::ahead(now, scope.reader_zone()).condition::<appointment::Entity>();
    unanswered::<attendance::Entity>(scope, ahead.add(is_on()))
}
