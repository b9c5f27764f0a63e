//! Which reminders there are to be. Planning again with nothing changed
//! changes nothing.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter};

use crate::access::CircleWrite;
use crate::app::App;
use crate::changes::Change;
use crate::entity::reminder::{self, ReminderKind, ReminderState};
use crate::entity::task::{self, TaskState};
use crate::problem::Problem;
use crate::tasks::{Due, reminder_offsets};
use crate::wall_time::{end_of_day, minutes, on_day};

/// The hour at which something that has a date only counts as due.
const MORNING: u32 = 9;

/// A reminder there is to be.
struct Wanted {
    offset_minutes: i32,
    fire_at: DateTime<Utc>,
    not_after: DateTime<Utc>,
}

/// Makes the planned reminders of a task what they should be now.
pub async fn plan(app: &App, write: &CircleWrite, task: &task::Model) -> Result<(), Problem> {
    plan_in_zone(app, write, task, write.scope().time_zone()).await
}

/// Moves what depends on the circle's zone: everything with a date and no time.
pub async fn follow_zone(app: &App, write: &mut CircleWrite, zone: &str) -> Result<(), Problem> {
    let dated = write
        .find_in_circle::<task::Entity>()
        .filter(task::Column::DueOn.is_not_null())
        .filter(task::Column::State.is_in([TaskState::Open, TaskState::Proposed]))
        .all(write.tx())
        .await?;
    for before in dated {
        let mut row = before.clone().into_active_model();
        Due::of_row(&before).write_to(&mut row, zone);
        row.schedule_version = Set(before.schedule_version + 1);
        let after = write.update::<task::Entity>(&before, row).await?;
        plan_in_zone(app, write, &after, zone).await?;
        let change = Change::to::<task::Entity>("changed", &after).about(after.topic);
        write.log(change.fields(vec!["due"])).await?;
    }
    Ok(())
}

async fn plan_in_zone(
    app: &App,
    write: &CircleWrite,
    task: &task::Model,
    zone: &str,
) -> Result<(), Problem> {
    let wanted = wanted(task, zone, write.now());
    let existing = write
        .find_in_circle::<reminder::Entity>()
        .filter(reminder::Column::TaskId.eq(task.id))
        .filter(reminder::Column::Kind.eq(ReminderKind::TaskDue))
        .all(write.tx())
        .await?;
    let is_of = |row: &reminder::Model, wanted: &Wanted| {
        row.schedule_version == task.schedule_version && row.offset_minutes == wanted.offset_minutes
    };
    for row in &existing {
        let wanted = wanted.iter().find(|wanted| is_of(row, wanted));
        let state = match (row.state, wanted) {
            (ReminderState::Planned, None) => ReminderState::Cancelled,
            (ReminderState::Cancelled, Some(_)) => ReminderState::Planned,
            _ => continue,
        };
        let mut changed = row.clone().into_active_model();
        changed.state = Set(state);
        write.update::<reminder::Entity>(row, changed).await?;
    }
    for wanted in wanted {
        if existing.iter().any(|row| is_of(row, &wanted)) {
            continue;
        }
        let row = reminder::ActiveModel {
            id: Set(app.clock().new_id()),
            kind: Set(ReminderKind::TaskDue),
            task_id: Set(task.id),
            schedule_version: Set(task.schedule_version),
            offset_minutes: Set(wanted.offset_minutes),
            fire_at: Set(wanted.fire_at),
            not_after: Set(wanted.not_after),
            state: Set(ReminderState::Planned),
            ..Default::default()
        };
        write.insert::<reminder::Entity>(row).await?;
    }
    Ok(())
}

/// What lies in the future of an open task with a due time.
fn wanted(task: &task::Model, zone: &str, now: DateTime<Utc>) -> Vec<Wanted> {
    let due = match (task.due_at, task.due_on) {
        (Some(at), _) => Some((at, at)),
        (None, Some(day)) => Some((on_day(day, MORNING, zone), end_of_day(day, zone))),
        (None, None) => None,
    };
    let Some((due, not_after)) = due.filter(|_| task.state == TaskState::Open) else {
        return Vec::new();
    };
    reminder_offsets(task)
        .into_iter()
        .map(|offset_minutes| Wanted {
            offset_minutes,
            fire_at: due - minutes(offset_minutes),
            not_after,
        })
        .filter(|wanted| wanted.fire_at > now)
        .collect()
}
