//! Which appointments wait for the caller's response.

use sea_orm::sea_query::SelectStatement;
use sea_orm::{ColumnTrait, Condition};

use crate::access::MyCircles;
use crate::entity::appointment::{self, AppointmentState, Column};
use crate::entity::attendance::{self, AttendeeResponse};
use crate::features::participation::{First, rows_with_my_part};
use crate::schedule::window::Window;

/// The appointments that are proposed or scheduled, also if their time is over.
pub fn is_on() -> Condition {
    let states = [AppointmentState::Proposed, AppointmentState::Scheduled];
    Condition::all().add(Column::State.is_in(states))
}

/// The appointments to come to which the caller has not responded.
pub fn unanswered_appointments(circles: &MyCircles<'_>) -> SelectStatement {
    let unanswered = [AttendeeResponse::NoResponse];
    let mut waiting = rows_with_my_part::<attendance::Entity>(circles, First::Rows, &unanswered);
    let ahead = Window::ahead(circles.now(), circles.time_zone());
    waiting
        .cond_where(is_on())
        .cond_where(ahead.condition::<appointment::Entity>());
    waiting
}
