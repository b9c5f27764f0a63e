//! What members have claimed and what they did: one statement.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Func, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, QueryTrait};

use super::list::Workload;
use super::room::{Done, WEEKS};
use crate::access::{CircleScope, in_circle_of};
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::ids::MemberId;
use crate::entity::need::{self, NeedState};
use crate::entity::need_assignment::{self, NeedAssignmentState};
use crate::entity::task::{self, TaskState};
use crate::entity::task_assignment::{self, TaskAssignmentState};
use crate::row::Row;
use crate::schedule::due;
use crate::schedule::when::WITHOUT_AN_END;
use crate::schedule::window::Window;

/// How far ahead claimed work counts.
const AHEAD: TimeDelta = TimeDelta::days(14);
/// How far back completed work counts.
const BACK: TimeDelta = TimeDelta::days(7 * WEEKS);

/// Which number of a workload a row is part of.
#[derive(Clone, Copy)]
enum Work {
    OpenTasks,
    OpenNeeds,
    CompletedTasks,
    CompletedNeeds,
}

impl Work {
    const ALL: [Self; 4] = [
        Self::OpenTasks,
        Self::OpenNeeds,
        Self::CompletedTasks,
        Self::CompletedNeeds,
    ];

    fn number(self) -> Expr {
        Expr::value(self as i32)
    }
}

/// Work of a member: all tasks in one row, and each need in a row of its own, because databases
/// differ in how they count minutes between two instants.
#[derive(Row)]
pub(super) struct WorkRow {
    pub member: MemberId,
    work: i32,
    count: i64,
    minutes: i64,
    /// How many of the tasks have no `effort_minutes`.
    without_effort: i64,
    starts_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
}

impl WorkRow {
    /// How long a need takes, unless it takes all day.
    fn lasts(&self) -> Option<i64> {
        self.starts_at.map(|starts_at| {
            let ends_at = self.ends_at.unwrap_or(starts_at + WITHOUT_AN_END);
            (ends_at - starts_at).num_minutes()
        })
    }

    /// Adds it to what a member carries, and to what they did.
    pub fn add_to(&self, workload: &mut Workload, done: &mut Done) {
        let work = Work::ALL.into_iter().find(|work| *work as i32 == self.work);
        match work {
            Some(Work::CompletedTasks) => done.add_tasks(self.minutes, self.without_effort),
            Some(Work::CompletedNeeds) => done.add_need(self.lasts()),
            _ => {}
        }
        let (count, minutes) = match work {
            Some(Work::OpenTasks) => (&mut workload.open_tasks, &mut workload.open_minutes),
            Some(Work::OpenNeeds) => (&mut workload.open_needs, &mut workload.open_minutes),
            Some(Work::CompletedTasks) => (
                &mut workload.completed_tasks,
                &mut workload.completed_minutes,
            ),
            Some(Work::CompletedNeeds) => (
                &mut workload.completed_needs,
                &mut workload.completed_minutes,
            ),
            None => return,
        };
        *count += self.count;
        *minutes += self.minutes + self.lasts().unwrap_or_default();
    }
}

/// What members have claimed and done. With `only`, just these members.
pub(super) fn work_of(
    scope: &CircleScope,
    only: Option<&[MemberId]>,
    now: DateTime<Utc>,
) -> SelectStatement {
    let mut all = open_tasks(scope, only, now);
    all.unions(
        [
            completed_tasks(scope, only, now),
            open_needs(scope, only, now),
            completed_needs(scope, only, now),
        ]
        .map(|work| (UnionType::All, work)),
    );
    all
}

fn of_member<Column: ColumnTrait>(column: Column, only: Option<&[MemberId]>) -> Condition {
    Condition::all().add_option(only.map(|only| column.is_in(only.iter().copied())))
}

fn open_tasks(
    scope: &CircleScope,
    only: Option<&[MemberId]>,
    now: DateTime<Utc>,
) -> SelectStatement {
    use task_assignment::Column as Part;
    let part =
        in_circle_of::<task::Entity, task_assignment::Entity>(task::Column::Id, Part::TaskId)
            .add(Part::State.eq(TaskAssignmentState::Accepted))
            .add(Part::IsHandingOver.eq(false))
            .add(Part::IsAway.eq(false))
            .add(of_member(Part::MemberId, only));
    let is_soon = Condition::any()
        .add(task::Column::SortAt.lt(now + AHEAD))
        .add(task::Column::SortAt.gte(due::never()));
    let mut tasks = scope
        .find::<task::Entity>()
        .filter(task::Column::State.eq(TaskState::Open))
        .filter(is_soon)
        .select_only();
    let tasks = QueryTrait::query(&mut tasks);
    tasks.inner_join(task_assignment::Entity, part);
    summed(tasks, Work::OpenTasks)
}

/// The parts are read first: the join from the left keeps SQLite from reading every task that was
/// ever completed.
fn completed_tasks(
    scope: &CircleScope,
    only: Option<&[MemberId]>,
    now: DateTime<Utc>,
) -> SelectStatement {
    use task_assignment::Column as Part;
    let its_task =
        in_circle_of::<task_assignment::Entity, task::Entity>(Part::TaskId, task::Column::Id);
    let mut parts = scope
        .find::<task_assignment::Entity>()
        .filter(Part::State.eq(TaskAssignmentState::Completed))
        .filter(Part::UpdatedAt.gte(now - BACK))
        .filter(of_member(Part::MemberId, only))
        .select_only();
    let parts = QueryTrait::query(&mut parts);
    parts.left_join(task::Entity, its_task);
    summed(parts, Work::CompletedTasks)
}

/// Counts the tasks of each member, and sums up their minutes.
fn summed(tasks: &mut SelectStatement, work: Work) -> SelectStatement {
    let member = Expr::col((task_assignment::Entity, task_assignment::Column::MemberId));
    let task = |column: task::Column| Expr::col((task::Entity, column));
    let measured = task(task::Column::EffortMinutes).count();
    let minutes = Func::coalesce([task(task::Column::EffortMinutes).sum(), Expr::value(0_i64)]);
    tasks
        .expr(member.clone())
        .expr(work.number())
        .expr(task(task::Column::Id).count())
        // The sum of big integers is a decimal number in PostgreSQL.
        .expr(Expr::from(minutes).cast_as("bigint"))
        .expr(task(task::Column::Id).count().sub(measured))
        .exprs([None::<DateTime<Utc>>; 2].map(Expr::value))
        .add_group_by([member])
        .take()
}

fn open_needs(
    scope: &CircleScope,
    only: Option<&[MemberId]>,
    now: DateTime<Utc>,
) -> SelectStatement {
    let soon = Condition::all()
        .add(need::Column::State.eq(NeedState::Open))
        .add(Window::ahead(now, scope.reader_zone()).condition::<need::Entity>())
        .add(need::Column::SortAt.lt(now + AHEAD));
    claimed_needs(scope, soon, only, Work::OpenNeeds)
}

/// What was claimed for an appointment that did not take place is nothing that anybody did.
fn completed_needs(
    scope: &CircleScope,
    only: Option<&[MemberId]>,
    now: DateTime<Utc>,
) -> SelectStatement {
    let took_place = in_circle_of::<need::Entity, appointment::Entity>(
        need::Column::AppointmentId,
        appointment::Column::Id,
    )
    .add(appointment::Column::State.ne(AppointmentState::Missed));
    let past = Condition::all()
        .add(need::Column::State.is_in([NeedState::Open, NeedState::Past]))
        .add(need::Column::OverAt.lte(now))
        .add(need::Column::OverAt.gt(now - BACK));
    claimed_needs(scope, past, only, Work::CompletedNeeds)
        .inner_join(appointment::Entity, took_place)
        .take()
}

/// The needs that fit a condition, a row for each member who has claimed it and neither hands it over
/// nor is away.
fn claimed_needs(
    scope: &CircleScope,
    which: Condition,
    only: Option<&[MemberId]>,
    work: Work,
) -> SelectStatement {
    use need_assignment::Column as Part;
    let part =
        in_circle_of::<need::Entity, need_assignment::Entity>(need::Column::Id, Part::NeedId)
            .add(Part::State.eq(NeedAssignmentState::Accepted))
            .add(Part::IsHandingOver.eq(false))
            .add(Part::IsAway.eq(false))
            .add(of_member(Part::MemberId, only));
    let mut needs = scope.find::<need::Entity>().filter(which).select_only();
    QueryTrait::query(&mut needs)
        .inner_join(need_assignment::Entity, part)
        .expr(Expr::col((need_assignment::Entity, Part::MemberId)))
        .expr(work.number())
        .exprs([1_i64, 0, 0].map(Expr::value))
        .exprs(
            [need::Column::StartsAt, need::Column::EndsAt]
                .map(|column| Expr::col((need::Entity, column))),
        )
        .take()
}
