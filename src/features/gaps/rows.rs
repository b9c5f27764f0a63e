//! What a gap is for each kind of thing, as parts of one statement.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use sea_orm::sea_query::{
    CaseStatement, Expr, ExprTrait, Func, Keyword, Query, SelectStatement, UnionType,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select};
use uuid::Uuid;

use super::types::{AskedMember, Gap, GapType};
use crate::access::{CircleOwned, CircleScope, in_circle_of};
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::attendance::{self, AttendeeResponse};
use crate::entity::role::{self, RoleKind};
use crate::entity::role_assignment::{self, RoleAssignmentState};
use crate::entity::topic_grant::Topic;
use crate::entity::{membership, need, task};
use crate::features::calendar::{OnCalendar, Planned};
use crate::features::needs::uncovered_needs;
use crate::features::participation::{Part, Uncertain, Work};
use crate::features::roles::{default_title, uncovered_roles};
use crate::features::tasks::uncovered_tasks;
use crate::platform::db::in_list;
use crate::platform::time::civil::Day;
use crate::row::Row;
use crate::schedule::due;
use crate::schedule::window::Window;

/// The part of a member in a gap, as it is read.
#[derive(Row)]
pub(super) struct PartRow {
    pub about: Uuid,
    pub is_asked: bool,
    pub member: AskedMember,
}

/// One gap as it is read.
#[derive(Row)]
pub(super) struct GapRow {
    pub kind_of_gap: GapType,
    people_missing: i32,
    uncovered_since_at: DateTime<Utc>,
    series_id: Option<Uuid>,
    original_on: Option<NaiveDate>,
    pub planned: Planned,
}

impl GapRow {
    pub(super) fn describe(self, mut asked: Vec<AskedMember>) -> Gap {
        let planned = self.planned;
        let is_role = self.kind_of_gap == GapType::Role;
        asked.sort_by_key(|member| (member.asked_at, member.member_id));
        let named = || {
            let mut kinds = RoleKind::ALL.iter();
            let kind = kinds.find(|kind| is_role && kind.as_str() == planned.kind)?;
            default_title(*kind).map(str::to_owned)
        };
        Gap {
            kind_of_gap: self.kind_of_gap,
            id: planned.id,
            series_id: self.series_id,
            original_on: self.original_on.map(Day),
            circle_id: planned.circle_id,
            title: planned.title.or_else(named),
            kind: planned.kind,
            topic: (!is_role).then_some(planned.topic),
            people_missing: self.people_missing,
            uncovered_since_at: self.uncovered_since_at,
            asked,
            starts_on: planned.on,
            ends_on: planned.last_on,
            starts_local: planned.starts_local,
            ends_local: planned.ends_local,
            time_zone: planned.time_zone,
            starts_at: planned.starts_at,
            ends_at: planned.ends_at,
        }
    }
}

/// The gaps of all kinds. Roles and tasks without a due time are left out of a window.
pub(super) fn gaps(scope: &CircleScope, window: &Window, now: DateTime<Utc>) -> SelectStatement {
    let has_time = || {
        let is_due = task::Column::SortAt.lt(due::never());
        Condition::all().add_option(window.is_bounded().then_some(is_due))
    };
    let tasks = scope
        .find::<task::Entity>()
        .filter(uncovered_tasks(now))
        .filter(has_time());
    let needs = scope
        .find::<need::Entity>()
        .filter(uncovered_needs(scope, now));
    let visits = scope
        .find::<appointment::Entity>()
        .filter(appointment::Column::State.eq(AppointmentState::Scheduled))
        .filter(Window::ahead(now, scope.reader_zone()).condition::<appointment::Entity>())
        .filter(nobody_comes(scope));
    let mut all = of_work(tasks, window);
    all.union(UnionType::All, of_work(needs, window));
    let declined = attendance::Column::Response.eq(AttendeeResponse::Declined);
    let nobody_since = since::<attendance::Entity>(Condition::all().add(declined));
    let visits = dated(visits, window, Expr::value(1), nobody_since);
    all.union(UnionType::All, visits);
    if !window.is_bounded() {
        all.union(UnionType::All, of_roles(scope, now));
    }
    all
}

/// Tasks or needs without enough people.
fn of_work<E: Work + OnCalendar>(rows: Select<E>, window: &Window) -> SelectStatement {
    let column = |column: E::Column| Expr::col((E::default(), column));
    let missing = column(E::NEEDED).sub(E::certain());
    let is_open_since = Condition::any()
        .add(E::Parts::state_column().eq(E::RELEASED))
        .add(E::Parts::IS_HANDING_OVER.eq(true))
        .add(E::IS_AWAY.eq(true));
    dated(rows, window, missing, since::<E::Parts>(is_open_since))
}

/// Rows with a time, with the columns that [`GapRow`] reads.
fn dated<E: OnCalendar>(
    rows: Select<E>,
    window: &Window,
    missing: Expr,
    since: Expr,
) -> SelectStatement {
    let mut rows = rows.filter(window.condition::<E>()).select_only();
    let rows = QueryTrait::query(&mut rows);
    rows.expr(Expr::value(E::SUBJECT))
        .expr(missing)
        .expr(since)
        .exprs(E::series());
    Planned::select::<E>(rows);
    rows.take()
}

/// The latest moment at which a part became like this, or else the moment at which its row was
/// created.
fn since<P: Part>(open: Condition) -> Expr {
    let column = |column: <P as EntityTrait>::Column| Expr::col((P::default(), column));
    let parent = |column: <P::Parent as EntityTrait>::Column| (P::Parent::default(), column);
    // The state is no condition: with it SQLite takes an index on the state, and reads the parts of
    // all circles.
    let then = CaseStatement::new().case(open, column(P::updated_at_column()));
    let last = Query::select()
        .expr(Expr::Case(Box::new(then)).max())
        .from(P::default())
        .and_where(column(P::circle_column()).equals(parent(P::Parent::circle_column())))
        .and_where(column(P::parent_column()).equals(parent(P::Parent::id_column())))
        .take();
    let last = Expr::SubQuery(None, Box::new(last.into()));
    let created = Expr::col(parent(P::Parent::created_at_column()));
    Func::coalesce([last, created]).into()
}

/// Somebody was asked to come, and nobody who was asked may come.
fn nobody_comes(scope: &CircleScope) -> Condition {
    use attendance::Column;
    let attendees = |which: Condition| {
        let mut attendees = scope
            .find::<attendance::Entity>()
            .filter(which)
            .select_only();
        QueryTrait::query(&mut attendees)
            .expr(Expr::value(1))
            .and_where(
                Expr::col((attendance::Entity, Column::AppointmentId))
                    .equals((appointment::Entity, appointment::Column::Id)),
            )
            .take()
    };
    let may_come = Condition::all().add(Column::Response.ne(AttendeeResponse::Declined));
    Condition::all()
        .add(Expr::exists(attendees(Condition::all())))
        .add(Expr::exists(attendees(may_come)).not())
}

/// Roles that nobody carries, or only members who are away or hand them over. They have no time and
/// come last. Their topic is not shown.
fn of_roles(scope: &CircleScope, now: DateTime<Utc>) -> SelectStatement {
    let column = |column: role::Column| Expr::col((role::Entity, column));
    let is_open_since = Condition::any()
        .add(role_assignment::Column::State.eq(RoleAssignmentState::Ended))
        .add(role_assignment::Column::IsHandingOver.eq(true));
    let mut rows = scope
        .find::<role::Entity>()
        .filter(uncovered_roles(scope, now))
        .select_only();
    QueryTrait::query(&mut rows)
        .expr(Expr::value(role::Entity::SUBJECT))
        .expr(Expr::value(1))
        .expr(since::<role_assignment::Entity>(is_open_since))
        .exprs([Expr::Keyword(Keyword::Null), Expr::Keyword(Keyword::Null)])
        .expr(Expr::value(due::never()))
        .exprs([
            column(role::Column::Id),
            column(role::Column::CircleId),
            column(role::Column::Title),
            column(role::Column::Kind),
            Expr::value(Topic::Daily),
            column(role::Column::State),
        ])
        .expr(Expr::value(None::<NaiveDate>))
        .exprs([None::<NaiveDateTime>; 2].map(Expr::value))
        .expr(Expr::value(None::<String>))
        .exprs([None::<DateTime<Utc>>; 2].map(Expr::value))
        .expr(Expr::value(None::<NaiveDate>))
        .take()
}

/// Who has a part in these things. `None` if nothing of this kind is among the gaps.
pub(super) fn parts_in<P: Part>(
    scope: &CircleScope,
    rows: &[GapRow],
    kind: GapType,
) -> Option<SelectStatement> {
    let of_kind = rows.iter().filter(|row| row.kind_of_gap == kind);
    let ids = in_list(of_kind.map(|row| row.planned.id));
    if ids.is_empty() {
        return None;
    }
    let column = |column: <P as EntityTrait>::Column| Expr::col((P::default(), column));
    let member = in_circle_of::<P, membership::Entity>(P::member_column(), membership::Column::Id);
    let mut parts = scope
        .find::<P>()
        .filter(P::parent_column().is_in(ids))
        .select_only();
    let parts = QueryTrait::query(&mut parts)
        .inner_join(membership::Entity, member)
        .expr(column(P::parent_column()))
        // As above, the state is no condition.
        .expr(P::state_column().eq(P::ASKED))
        .expr(column(P::member_column()))
        .expr(Expr::col((membership::Entity, membership::Column::Name)))
        .expr(column(P::updated_at_column()))
        .take();
    Some(parts)
}
