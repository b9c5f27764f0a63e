//! Tasks lapse some time after they were due: what nobody did last week is not overdue for ever. A
//! task that has lapsed was not done, and nobody says that it was. Nobody is told. Members keep what
//! they wanted to hand over.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use uuid::Uuid;

use crate::access::change_log::Change;
use crate::access::{CircleStep, CircleWrite, count_done, in_circles};
use crate::app::App;
use crate::entity::circle::{self, CircleState};
use crate::entity::ids::{CircleId, TaskId};
use crate::entity::task::{self, Column, TaskState};
use crate::entity::task_assignment;
use crate::features::participation::{Uncertain, keep_parts_later};
use crate::notify::reminders;
use crate::notify::subject::SubjectId;
use crate::platform::db::{ReadRows, SelectByPosition, in_list};
use crate::problem::Problem;
use crate::schedule::Due;

/// A task with a `starts_local` or of a series that nobody set otherwise lapses so many days after
/// its time: nobody waits for the ride of yesterday, and another pill is due today.
const DAYS_BY_DEFAULT: i32 = 1;
/// A task that is entered or brought back when it would have lapsed already stays so long.
const AT_LEAST: TimeDelta = TimeDelta::hours(24);
/// How many tasks are found at once, and how many of a circle lapse in one transaction.
const FOUND_AT_ONCE: u64 = 2000;
const LAPSE_AT_ONCE: usize = 200;

/// When a task lapses that is proposed or open now; none if it never does. `after_days` is what
/// members chose, and `repeats` says whether the task is one of a series.
pub(in crate::features) fn lapses_at(
    due: &Due,
    after_days: Option<i32>,
    repeats: bool,
    zone: &str,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let by_default = (repeats || due.has_start()).then_some(DAYS_BY_DEFAULT);
    let days = after_days.or(by_default)?;
    let at = due.over_at(zone)? + TimeDelta::days(days.into());
    Some(if at <= now { now + AT_LEAST } else { at })
}

/// Lets every task lapse whose time for it has come. Returns how many did. A circle that fails does
/// not stop the others and is tried again the next time.
pub async fn lapse_due_tasks(app: &App) -> Result<usize, Problem> {
    let mut lapsed = 0;
    let mut after = None;
    loop {
        let due = find_due(app, after).await?;
        after = due.last().copied();
        if after.is_none() || app.stopping().is_cancelled() {
            return Ok(lapsed);
        }
        lapsed += lapse(app, due).await;
    }
}

/// A task whose time to lapse has come.
#[derive(Clone, Copy, Debug)]
struct DueTask {
    circle_id: CircleId,
    id: TaskId,
    lapses_at: DateTime<Utc>,
}

/// Those that have waited longest, after `after`. In a paused circle nothing is overdue, and one that
/// plans nothing any more waits for nothing.
#[expect(
    clippy::disallowed_methods,
    reason = "looks over all circles; each is entered through its own scope"
)]
async fn find_due(app: &App, after: Option<DueTask>) -> Result<Vec<DueTask>, Problem> {
    let circle = |column: circle::Column| Expr::col((circle::Entity, column));
    let of_circle = circle(circle::Column::Id).equals((task::Entity, Column::CircleId));
    let mut due = task::Entity::find();
    QueryTrait::query(&mut due).inner_join(circle::Entity, of_circle);
    let mut due = due
        .select_only()
        .columns([Column::CircleId, Column::Id, Column::LapsesAt])
        .filter(circle(circle::Column::State).eq(CircleState::Active))
        .filter(circle(circle::Column::DeletionScheduledFor).is_null())
        .filter(Column::LapsesAt.lte(app.clock().now()))
        .order_by_asc(Column::LapsesAt)
        .order_by_asc(Column::Id)
        .limit(FOUND_AT_ONCE);
    if let Some(after) = after {
        let same_time = Condition::all()
            .add(Column::LapsesAt.eq(after.lapses_at))
            .add(Column::Id.gt(after.id));
        let behind = Condition::any()
            .add(Column::LapsesAt.gt(after.lapses_at))
            .add(same_time);
        due = due.filter(behind);
    }
    let rows = due
        .by_position::<(CircleId, TaskId, DateTime<Utc>)>()
        .read(app.reader())
        .await?;
    let due = |(circle_id, id, lapses_at)| DueTask {
        circle_id,
        id,
        lapses_at,
    };
    Ok(rows.into_iter().map(due).collect())
}

async fn lapse(app: &App, mut due: Vec<DueTask>) -> usize {
    due.sort_by_key(|task| task.circle_id);
    let of_circles = due.chunk_by(|a, b| a.circle_id == b.circle_id);
    let groups = of_circles.flat_map(|circle| circle.chunks(LAPSE_AT_ONCE));
    let work = groups.filter_map(|group| {
        let circle = group.first()?.circle_id;
        Some((circle, group.iter().map(|task| task.id).collect()))
    });
    let ends = in_circles(app, &LapseTasks, work.collect()).await;
    count_done(ends, "let tasks lapse")
}

struct LapseTasks;

impl CircleStep for LapseTasks {
    type Task = TaskId;
    type Done = usize;

    async fn step(&self, write: &mut CircleWrite, tasks: &[TaskId]) -> Result<usize, Problem> {
        if write.scope().silence().is_some() || write.scope().is_paused() {
            return Ok(0);
        }
        let waiting = [TaskState::Proposed, TaskState::Open];
        let now = write.now();
        let mut rows = write
            .find_in_circle::<task::Entity>()
            .filter(Column::Id.is_in(in_list(tasks.iter().copied())))
            .filter(Column::State.is_in(waiting))
            .order_by_asc(Column::Id)
            .all(write.tx())
            .await?;
        // It may have another time by now.
        rows.retain(|row| row.lapses_at.is_some_and(|at| at <= now));
        if rows.is_empty() {
            return Ok(0);
        }
        let fewer_uncertain = end_handovers(write, &rows).await?;
        let mut alike: BTreeMap<i32, Vec<Uuid>> = BTreeMap::new();
        for row in &rows {
            let fewer = fewer_uncertain.get(&row.id).copied().unwrap_or_default();
            alike.entry(fewer).or_default().push(row.id.0);
        }
        for (fewer, ids) in alike {
            let uncertain = Expr::col(Column::PeopleUncertain).sub(fewer);
            let values = vec![
                (Column::EndedFrom, Expr::col(Column::State)),
                (Column::State, Expr::value(TaskState::Lapsed)),
                (Column::EndedAt, Expr::value(now)),
                (Column::LapsesAt, Expr::cust("NULL")),
                (Column::PeopleUncertain, uncertain),
            ];
            write.update_rows_later::<task::Entity>(&ids, values);
        }
        let subjects = rows.iter().map(|row| SubjectId::Task(row.id));
        reminders::cancel_items_later(write, &subjects.collect::<Vec<_>>());
        let change = |row: &task::Model| {
            Change::to::<task::Entity>("lapsed", row)
                .about(row.topic)
                .fields(vec!["state"])
        };
        write.log_all(rows.iter().map(change).collect()).await?;
        Ok(rows.len())
    }
}

/// Ends the open handovers of these tasks: nobody can take over what is over. Returns how many parts
/// of each task are no longer uncertain. Everything is written when the transaction commits.
async fn end_handovers(
    write: &CircleWrite,
    rows: &[task::Model],
) -> Result<HashMap<TaskId, i32>, Problem> {
    use task_assignment::Column as Part;
    let tasks = rows.iter().map(|row| row.id);
    let mut parts = write
        .find_in_circle::<task_assignment::Entity>()
        .filter(Part::TaskId.is_in(in_list(tasks)))
        .filter(Part::IsHandingOver.eq(true))
        .order_by_asc(Part::Id)
        .all(write.tx())
        .await?;
    let mut fewer = HashMap::new();
    for part in &parts {
        let is_certain_now = task_assignment::Entity::is_uncertain(part) && !part.is_away;
        *fewer.entry(part.task_id).or_insert(0) += i32::from(is_certain_now);
    }
    keep_parts_later::<task_assignment::Entity>(write, &mut parts)?;
    Ok(fewer)
}
