//! Which reminders there are to be. Planning again with nothing changed
//! changes nothing.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter};

use super::item::Item;
use crate::access::CircleWrite;
use crate::app::App;
use crate::appointments::When;
use crate::changes::Change;
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::need;
use crate::entity::reminder::{self, ReminderState};
use crate::entity::task::{self, TaskState};
use crate::problem::Problem;
use crate::tasks::Due;
use crate::wall_time::minutes;

/// How late a reminder may be that is due with its item.
const GRACE: TimeDelta = TimeDelta::hours(1);

/// A reminder there is to be.
struct Wanted {
    offset_minutes: i32,
    fire_at: DateTime<Utc>,
    not_after: DateTime<Utc>,
}

/// Makes the planned reminders of an item what they should be now.
pub async fn plan(app: &App, write: &CircleWrite, item: &Item) -> Result<(), Problem> {
    plan_in_zone(app, write, item, write.scope().time_zone()).await
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
        let change = Change::to::<task::Entity>("changed", &after).about(after.topic);
        plan_in_zone(app, write, &Item::Task(after), zone).await?;
        write.log(change.fields(vec!["due"])).await?;
    }
    let all_day = write
        .find_in_circle::<appointment::Entity>()
        .filter(appointment::Column::StartsOn.is_not_null())
        .filter(
            appointment::Column::State
                .is_in([AppointmentState::Proposed, AppointmentState::Scheduled]),
        )
        .all(write.tx())
        .await?;
    for before in all_day {
        let mut row = before.clone().into_active_model();
        When::of_appointment(&before).write_to_appointment(&mut row, zone);
        row.schedule_version = Set(before.schedule_version + 1);
        let after = write.update::<appointment::Entity>(&before, row).await?;
        let change = Change::to::<appointment::Entity>("changed", &after).about(after.topic);
        plan_in_zone(app, write, &Item::Appointment(after), zone).await?;
        write.log(change.fields(vec!["starts"])).await?;
    }
    let needs = write
        .find_in_circle::<need::Entity>()
        .filter(need::Column::StartsOn.is_not_null())
        .all(write.tx())
        .await?;
    for before in needs {
        let mut row = before.clone().into_active_model();
        When::of_need(&before).write_to_need(&mut row, zone);
        write.update::<need::Entity>(&before, row).await?;
    }
    Ok(())
}

async fn plan_in_zone(
    app: &App,
    write: &CircleWrite,
    item: &Item,
    zone: &str,
) -> Result<(), Problem> {
    let wanted = wanted(item, zone, write.now());
    let existing = write
        .find_in_circle::<reminder::Entity>()
        .filter(item.reminders())
        .filter(reminder::Column::Kind.eq(item.kind()))
        .all(write.tx())
        .await?;
    let is_of = |row: &reminder::Model, wanted: &Wanted| {
        row.schedule_version == item.schedule_version()
            && row.offset_minutes == wanted.offset_minutes
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
        let mut row = reminder::ActiveModel {
            id: Set(app.clock().new_id()),
            kind: Set(item.kind()),
            schedule_version: Set(item.schedule_version()),
            offset_minutes: Set(wanted.offset_minutes),
            fire_at: Set(wanted.fire_at),
            not_after: Set(wanted.not_after),
            state: Set(ReminderState::Planned),
            ..Default::default()
        };
        item.write_to(&mut row);
        write.insert::<reminder::Entity>(row).await?;
    }
    Ok(())
}

/// What lies in the future of an item that is still to come.
fn wanted(item: &Item, zone: &str, now: DateTime<Utc>) -> Vec<Wanted> {
    let Some((due, not_after)) = item.due(zone).filter(|_| item.is_on()) else {
        return Vec::new();
    };
    item.offsets()
        .into_iter()
        .map(|offset_minutes| Wanted {
            offset_minutes,
            fire_at: due - minutes(offset_minutes),
            not_after: not_after.max(due - minutes(offset_minutes) + GRACE),
        })
        .filter(|wanted| wanted.fire_at > now)
        .collect()
}
