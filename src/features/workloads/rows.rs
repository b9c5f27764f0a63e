//! What workloads are made of: one statement for the members with their roles, and one for what
//! they have claimed and done.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Func, SelectStatement, UnionType};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, Iterable, QueryFilter, QuerySelect, QueryTrait,
};

use super::list::{Workload, WorkloadRole};
use super::room::{Done, Room, WEEKS};
use crate::access::{
    CircleScope, Permission, in_circle_of, is_away_on, may_view_workloads, seen_of,
};
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, AccessLevel, Capacity, MemberState};
use crate::entity::need::{self, NeedState};
use crate::entity::need_assignment::{self, NeedAssignmentState};
use crate::entity::role::{self, RoleState};
use crate::entity::role_assignment::{self, RoleAssignmentState};
use crate::entity::task::{self, TaskState};
use crate::entity::task_assignment::{self, TaskAssignmentState};
use crate::features::roles::title_of_role;
use crate::platform::db::{ReadRows, Reader, Reads, SelectByPosition};
use crate::platform::time::civil::day_of;
use crate::problem::Problem;
use crate::row::{Joined, Row};
use crate::schedule::due;
use crate::schedule::when::WITHOUT_AN_END;
use crate::schedule::window::Window;

/// How far ahead claimed work counts.
const AHEAD: TimeDelta = TimeDelta::days(14);
/// How far back completed work counts.
const BACK: TimeDelta = TimeDelta::days(7 * WEEKS);

/// The workloads that the caller sees, by name.
pub(super) async fn read_workloads(
    db: &Reader,
    scope: &CircleScope,
    now: DateTime<Utc>,
) -> Result<Vec<Workload>, Problem> {
    let mut carried = members_with_roles(db, scope, now).await?;
    let mut places: HashMap<MemberId, usize> = HashMap::new();
    for (place, one) in carried.iter().enumerate() {
        places.insert(one.workload.member_id, place);
    }
    let only: Option<Vec<MemberId>> = (!may_view_workloads(scope)).then(|| {
        let members = carried.iter();
        members.map(|one| one.workload.member_id).collect()
    });
    let work = work_of(scope, only.as_deref(), now);
    let statement = db.get_database_backend().build(&work);
    for work in db.rows::<WorkRow>(statement).await? {
        let place = places.get(&work.member);
        if let Some(one) = place.and_then(|place| carried.get_mut(*place)) {
            work.add_to(one);
        }
    }
    Ok(carried.into_iter().map(Carried::finish).collect())
}

/// What a member carries, while it is added up.
struct Carried {
    workload: Workload,
    done: Done,
    capacity: Option<Capacity>,
    /// Whether anybody may ask the member to take something on now.
    takes_part: bool,
}

impl Carried {
    fn finish(self) -> Workload {
        let room = Room::of(self.done, self.capacity);
        Workload {
            room: self.takes_part.then_some(room),
            ..self.workload
        }
    }
}

/// A member as they are read.
#[derive(Clone, Row)]
struct MemberRow {
    id: MemberId,
    name: String,
    access: AccessLevel,
    is_patient: bool,
    capacity: Option<Capacity>,
    is_away: bool,
}

impl MemberRow {
    /// Whether anybody may ask the member to take something on now. Nobody counts what the patient
    /// could do.
    fn takes_part(&self, scope: &CircleScope) -> bool {
        let claims = Permission::ClaimTasks;
        claims.works_in(scope.circle_state())
            && claims.is_given_to(self.access, false)
            && !self.is_patient
            && !self.is_away
    }
}

/// The members whom the caller sees here. Without the permission these are the caller and, unless
/// the caller is the patient, members without an account for whom the caller acts.
fn seen_members(scope: &CircleScope) -> Condition {
    use membership::Column;
    if may_view_workloads(scope) {
        return Condition::all();
    }
    let me = scope.member_id();
    let managed = (!scope.is_patient()).then(|| Column::ContactMemberId.eq(me));
    Condition::any().add(Column::Id.eq(me)).add_option(managed)
}

/// The members, by name, with the roles that they carry.
async fn members_with_roles(
    db: &Reader,
    scope: &CircleScope,
    now: DateTime<Utc>,
) -> Result<Vec<Carried>, Problem> {
    use membership::Column;
    use role_assignment::Column as Part;
    let carries =
        in_circle_of::<membership::Entity, role_assignment::Entity>(Column::Id, Part::MemberId)
            .add(Part::State.eq(RoleAssignmentState::Active));
    let in_use =
        seen_of::<role_assignment::Entity, role::Entity>(scope, Part::RoleId, role::Column::Id)
            .add(role::Column::State.eq(RoleState::Active));
    let today = day_of(now, scope.time_zone());
    let mut rows = scope
        .find::<membership::Entity>()
        .filter(Column::State.eq(MemberState::Active))
        .filter(seen_members(scope))
        .select_only()
        .columns([Column::Id, Column::Name, Column::Access])
        .columns([Column::IsPatient, Column::Capacity])
        .expr(is_away_on::<membership::Entity>(scope, Column::Id, today))
        .columns(role::Column::iter());
    QueryTrait::query(&mut rows)
        .left_join(role_assignment::Entity, carries)
        .left_join(role::Entity, in_use);
    let rows = rows
        .by_position::<(MemberRow, Joined<role::Model>)>()
        .read(db)
        .await?;
    let mut roles: HashMap<MemberId, Vec<WorkloadRole>> = HashMap::new();
    let mut members: HashMap<MemberId, MemberRow> = HashMap::new();
    for (member, Joined(role)) in rows {
        let of_member = role.map(|role| WorkloadRole {
            role_id: role.id,
            title: title_of_role(&role),
            kind: role.kind,
            effort_minutes_per_week: role.effort_minutes_per_week,
        });
        roles.entry(member.id).or_default().extend(of_member);
        members.insert(member.id, member);
    }
    let of_member = |(member_id, member): (MemberId, MemberRow)| {
        let mut roles = roles.remove(&member_id).unwrap_or_default();
        roles.sort_by(|one, two| (&one.title, one.role_id).cmp(&(&two.title, two.role_id)));
        let mut done = Done::default();
        for role in &roles {
            done.add_role(role.effort_minutes_per_week);
        }
        let takes_part = member.takes_part(scope);
        let workload = Workload {
            member_id,
            name: member.name,
            roles,
            open_tasks: 0,
            open_needs: 0,
            open_minutes: 0,
            completed_tasks: 0,
            completed_needs: 0,
            completed_minutes: 0,
            room: None,
        };
        Carried {
            workload,
            done,
            capacity: member.capacity,
            takes_part,
        }
    };
    let mut all: Vec<Carried> = members.into_iter().map(of_member).collect();
    all.sort_by_cached_key(|Carried { workload, .. }| {
        (workload.name.to_lowercase(), workload.member_id)
    });
    Ok(all)
}

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
struct WorkRow {
    member: MemberId,
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

    fn add_to(&self, carried: &mut Carried) {
        let Carried { workload, done, .. } = carried;
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

/// What members have claimed and done. With `only`, just that member.
fn work_of(scope: &CircleScope, only: Option<&[MemberId]>, now: DateTime<Utc>) -> SelectStatement {
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

fn completed_needs(
    scope: &CircleScope,
    only: Option<&[MemberId]>,
    now: DateTime<Utc>,
) -> SelectStatement {
    let past = Condition::all()
        .add(need::Column::State.is_in([NeedState::Open, NeedState::Past]))
        .add(need::Column::OverAt.lte(now))
        .add(need::Column::OverAt.gt(now - BACK));
    claimed_needs(scope, past, only, Work::CompletedNeeds)
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
