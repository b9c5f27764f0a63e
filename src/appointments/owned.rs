//! The tables of this feature, inside the fence: an appointment is seen by who
//! sees its topic; a need, and who takes it, by who sees everyday things.

use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, QueryTrait};

use crate::access::{CircleScope, circle_owned};
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::attendance::{self, AttendanceAnswer};
use crate::entity::need::{self, NeedState};
use crate::entity::need_commitment::{self, CommitmentState};
use crate::entity::topic_grant::{Topic, TopicLevel};

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
    Condition::all().add(sea_orm::sea_query::Expr::value(sees))
}

/// The appointments to come that the caller was asked to and has not answered.
pub fn open_invitations(scope: &CircleScope) -> Condition {
    let to_come = scope
        .find::<appointment::Entity>()
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

/// The offers of open needs that the caller has not answered.
pub fn open_need_offers(scope: &CircleScope) -> Condition {
    let open = scope
        .find::<need::Entity>()
        .filter(need::Column::State.eq(NeedState::Open))
        .select_only()
        .column(need::Column::Id)
        .into_query();
    Condition::all()
        .add(need_commitment::Column::MemberId.eq(scope.member_id()))
        .add(need_commitment::Column::State.eq(CommitmentState::Offered))
        .add(need_commitment::Column::NeedId.in_subquery(open))
}

/// The ids of the appointments a caller sees.
pub fn visible_appointments(scope: &CircleScope) -> sea_orm::sea_query::SelectStatement {
    scope
        .find::<appointment::Entity>()
        .select_only()
        .column(appointment::Column::Id)
        .into_query()
}
