//! The tables of this feature, inside the fence: an appointment is seen by who
//! sees its topic; a need, and who takes it, by who sees everyday things.

use sea_orm::{ColumnTrait, Condition, QuerySelect, QueryTrait};

use crate::access::{CircleScope, circle_owned};
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::entity::{appointment, attendance};

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

/// The ids of the appointments a caller sees.
pub fn visible_appointments(scope: &CircleScope) -> sea_orm::sea_query::SelectStatement {
    scope
        .find::<appointment::Entity>()
        .select_only()
        .column(appointment::Column::Id)
        .into_query()
}
