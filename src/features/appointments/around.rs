//! What is read with an appointment that a request changes, whether the caller sees it or not: its
//! attendees, its needs with the parts in them, its comments, and the questions that are planned for
//! it.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Keyword, Order, UnionType};
use sea_orm::{
    ColumnTrait, IdenStatic, IntoSimpleExpr, Iterable, QueryFilter, QuerySelect, QueryTrait,
};
use uuid::Uuid;

use crate::access::{CircleWrite, in_circle_of};
use crate::entity::attendance::{self, AttendeeResponse};
use crate::entity::ids::{AppointmentId, MemberId, QuestionId, ThreadId};
use crate::entity::need_assignment::{self, NeedAssignmentState};
use crate::entity::question::{self, QuestionState};
use crate::entity::topic_grant::Topic;
use crate::entity::{appointment, membership, need, thread};
use crate::features::threads::comment_count;
use crate::platform::db::{ByPosition, ReadRows, SelectByPosition};
use crate::problem::Problem;
use crate::row::{Joined, Row};

/// A row of what belongs to an appointment: the part of an attendee, a need with the part of a
/// member in it or without any, or the thread of its comments.
#[derive(Debug, Row)]
pub(super) struct AroundRow {
    pub id: Option<Uuid>,
    pub created_at: Option<DateTime<Utc>>,
    pub member_id: Option<MemberId>,
    pub asked_by: Option<MemberId>,
    pub version: Option<i32>,
    pub updated_at: Option<DateTime<Utc>>,
    pub name: Option<String>,
    pub response: Option<AttendeeResponse>,
    pub state: Option<NeedAssignmentState>,
    pub is_handing_over: Option<bool>,
    pub is_away: Option<bool>,
    pub thread_id: Option<ThreadId>,
    pub comments: Option<i64>,
    pub need: Joined<need::Model>,
}

/// An appointment, or 404, and the questions that are planned for it, also those that the caller
/// does not see.
pub(super) async fn with_planned_questions(
    write: &CircleWrite,
    id: AppointmentId,
) -> Result<(appointment::Model, Vec<(QuestionId, Topic)>), Problem> {
    let mut rows = write
        .find::<appointment::Entity>()
        .filter(appointment::Column::Id.eq(id));
    let planned = in_circle_of::<appointment::Entity, question::Entity>(
        appointment::Column::Id,
        question::Column::AppointmentId,
    )
    .add(question::Column::State.eq(QuestionState::Planned));
    QueryTrait::query(&mut rows).left_join(question::Entity, planned);
    let rows = rows
        .columns([question::Column::Id, question::Column::Topic])
        .by_position::<(appointment::Model, Joined<(QuestionId, Topic)>)>()
        .read(write.tx())
        .await?;
    let mut found = None;
    let mut questions = Vec::new();
    for (row, Joined(question)) in rows {
        found.get_or_insert(row);
        questions.extend(question);
    }
    Ok((found.ok_or(Problem::NotFound)?, questions))
}

/// What belongs to an appointment: its needs by time with the parts in them, its attendees, and the
/// thread of its comments. The oldest part is first.
pub(super) fn around(write: &CircleWrite, appointment: AppointmentId) -> ByPosition<AroundRow> {
    use attendance::Column as Attending;
    use need_assignment::Column as Helping;
    let name = || Expr::col((membership::Entity, membership::Column::Name));
    let nothing = || Expr::Keyword(Keyword::Null);

    let mut attendees = write
        .find_in_circle::<attendance::Entity>()
        .filter(Attending::AppointmentId.eq(appointment));
    let member = in_circle_of::<attendance::Entity, membership::Entity>(
        Attending::MemberId,
        membership::Column::Id,
    );
    QueryTrait::query(&mut attendees).inner_join(membership::Entity, member);
    let mut attendees = attendees
        .select_only()
        .columns([
            Attending::Id,
            Attending::CreatedAt,
            Attending::MemberId,
            Attending::CreatedByMemberId,
            Attending::Version,
            Attending::UpdatedAt,
        ])
        .expr(name())
        .column(Attending::Response)
        .exprs(std::iter::repeat_with(nothing).take(5));
    for _ in need::Column::iter() {
        attendees = attendees.expr(nothing());
    }

    let mut threads = write
        .find_in_circle::<thread::Entity>()
        .filter(thread::Column::AppointmentId.eq(appointment))
        .select_only()
        .exprs(std::iter::repeat_with(nothing).take(11))
        .column(thread::Column::Id)
        .expr(comment_count());
    for _ in need::Column::iter() {
        threads = threads.expr(nothing());
    }

    let mut needs = write
        .find_in_circle::<need::Entity>()
        .filter(need::Column::AppointmentId.eq(appointment));
    let part =
        in_circle_of::<need::Entity, need_assignment::Entity>(need::Column::Id, Helping::NeedId);
    let member = in_circle_of::<need_assignment::Entity, membership::Entity>(
        Helping::MemberId,
        membership::Column::Id,
    );
    QueryTrait::query(&mut needs)
        .left_join(need_assignment::Entity, part)
        .left_join(membership::Entity, member);
    let mut needs = needs
        .select_only()
        .column_as(Helping::Id, "part_id")
        .column_as(Helping::CreatedAt, "part_at")
        .columns([
            Helping::MemberId,
            Helping::CreatedByMemberId,
            Helping::Version,
            Helping::UpdatedAt,
        ])
        .expr(name())
        .expr(nothing())
        .columns([Helping::State, Helping::IsHandingOver, Helping::IsAway])
        // PostgreSQL takes the type of a column from the first two parts.
        .expr(nothing().cast_as("uuid"))
        .expr(nothing().cast_as("bigint"));
    for column in need::Column::iter() {
        let named = format!("need_{}", column.as_str());
        needs = needs.expr_as(column.into_simple_expr(), named);
    }
    let all_rows = QueryTrait::query(&mut needs);
    all_rows
        .union(UnionType::All, QueryTrait::into_query(attendees))
        .union(UnionType::All, QueryTrait::into_query(threads));
    for column in ["need_sort_at", "need_id", "part_at", "part_id"] {
        all_rows.order_by(column, Order::Asc);
    }
    needs.by_position()
}
