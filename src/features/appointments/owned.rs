//! The tables of this feature, inside the fence: an appointment is seen by who
//! sees its topic; a need, and who takes it, by who sees everyday things.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, QueryTrait};

use crate::access::{CircleScope, circle_owned, own_id};
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::attendance::{self, AttendanceAnswer};
use crate::entity::need::{self, NeedState};
use crate::entity::need_commitment::{self, CommitmentState};
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::schedule::window::{TakesPlace, Window};

own_id!(appointment);
own_id!(need);

circle_owned!(appointment, AppointmentId, "appointment", |scope| {
    Condition::all().add(appointment::Column::Topic.is_in(scope.topics().readable()))
});

circle_owned!(attendance, AttendanceId, "attendance", |scope| {
    Condition::all().add(attendance::Column::AppointmentId.in_subquery(visible_appointments(scope)))
});

circle_owned!(need, NeedId, "need", |scope| sees_needs(scope));

circle_owned!(
    need_commitment,
    NeedCommitmentId,
    "need_commitment",
    |scope| sees_needs(scope)
);

fn sees_needs(scope: &CircleScope) -> Condition {
    let sees = scope.topics().level(Topic::Daily) >= TopicLevel::Read;
    Condition::all().add(Expr::value(sees))
}

/// What is not over, on the days of who reads; what only begins is over once it has.
fn is_ahead<E: TakesPlace>(scope: &CircleScope, now: DateTime<Utc>) -> Condition {
    Window::of(None, None, scope.reader_zone())
        .from_or(now + TimeDelta::microseconds(1))
        .condition::<E>()
}

/// The needs of scheduled appointments that need more people and are not over. Of one
/// that took place already, a ride home may still need somebody.
pub fn uncovered_needs(scope: &CircleScope, now: DateTime<Utc>) -> Condition {
    use need::Column;
    let takes_place = [AppointmentState::Scheduled, AppointmentState::Completed];
    // Who takes a need does not see its appointment: no fence, and nothing of it is answered.
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
        .add(has_room())
        .add(is_ahead::<need::Entity>(scope, now))
}

/// Whether a place is free: without one, who was asked is not asked any more.
pub fn has_room() -> Expr {
    let column = |column| Expr::col((need::Entity, column));
    column(need::Column::PeopleAccepted).lt(column(need::Column::PeopleNeeded))
}

/// The appointments to come that the caller was asked to and has not answered.
pub fn open_invitations(scope: &CircleScope, now: DateTime<Utc>) -> Condition {
    let to_come = scope
        .find::<appointment::Entity>()
        .filter(is_ahead::<appointment::Entity>(scope, now))
        .filter(
            appointment::Column::State
                .is_in([AppointmentState::Proposed, AppointmentState::Scheduled]),
        )
        .select_only()
        .column(appointment::Column::Id)
        .into_query();
    Condition::all()
        .add(attendance::Column::MemberId.eq(scope.member_id()))
        .add(attendance::Column::Answer.eq(AttendanceAnswer::NeedsAction))
        .add(attendance::Column::AppointmentId.in_subquery(to_come))
}

/// The offers of open needs that the caller has not answered and could still take.
pub fn open_need_offers(scope: &CircleScope, now: DateTime<Utc>) -> Condition {
    let open = scope
        .find::<need::Entity>()
        .filter(open_needs(scope, now))
        .select_only()
        .column(need::Column::Id)
        .into_query();
    Condition::all()
        .add(need_commitment::Column::MemberId.eq(scope.member_id()))
        .add(need_commitment::Column::State.eq(CommitmentState::Offered))
        .add(need_commitment::Column::NeedId.in_subquery(open))
}

/// The ids of the needs a caller sees.
pub fn visible_needs(scope: &CircleScope) -> sea_orm::sea_query::SelectStatement {
    scope
        .find::<need::Entity>()
        .select_only()
        .column(need::Column::Id)
        .into_query()
}

/// The ids of the appointments a caller sees.
pub fn visible_appointments(scope: &CircleScope) -> sea_orm::sea_query::SelectStatement {
    scope
        .find::<appointment::Entity>()
        .select_only()
        .column(appointment::Column::Id)
        .into_query()
}
