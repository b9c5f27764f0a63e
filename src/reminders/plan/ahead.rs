//! All that is to come in a circle: cancelled when its deletion is requested, and
//! planned again when it is kept.

use chrono::{Days, TimeDelta};
use sea_orm::{ColumnTrait, Condition, QueryFilter};

use super::decide::Newcomer;
use super::{Planner, cancel};
use crate::access::CircleWrite;
use crate::app::App;
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::need::{self, NeedState};
use crate::entity::reminder::ReminderState;
use crate::entity::task::{self, TaskState};
use crate::problem::Problem;
use crate::reminders::item::Item;
use crate::reminders::parts::parts_of;
use crate::wall_time::day_of;

/// Cancels every reminder of a circle that is going to be erased.
pub async fn cancel_all(write: &CircleWrite) -> Result<(), Problem> {
    cancel(write, Condition::all()).await
}

/// Plans what is still ahead in a circle that is not erased after all. Who takes
/// part in something of which nobody was reminded counts as coming late.
pub async fn plan_all_ahead(app: &App, write: &CircleWrite) -> Result<(), Problem> {
    let items = items_ahead(write, false).await?;
    let planner = Planner {
        is_ending: false,
        ..Planner::of(app, write)
    };
    let ids: Vec<_> = items.iter().map(Item::id).collect();
    let mut unheard = ids.clone();
    let existing = planner.existing(&ids).await?;
    unheard.retain(|id| {
        let mut rows = existing.get(id).into_iter().flatten();
        !rows.any(|row| row.state == ReminderState::Fired)
    });
    let newcomer = |(item, member)| Newcomer {
        item,
        member,
        said_yes: true,
    };
    let parts = parts_of(write, &unheard).await?;
    let newcomers: Vec<_> = parts.into_iter().map(newcomer).collect();
    planner.plan(&items, &newcomers).await
}

/// Plans anew what is ahead in a circle whose instants follow newer rules of zones:
/// nobody comes new to anything.
pub async fn replan_all_ahead(app: &App, write: &CircleWrite) -> Result<(), Problem> {
    let items = items_ahead(write, false).await?;
    Planner::of(app, write).plan(&items, &[]).await
}

/// What is open or scheduled and not over; `dated`: of that, what has a date and no
/// time of day.
pub(super) async fn items_ahead(write: &CircleWrite, dated: bool) -> Result<Vec<Item>, Problem> {
    let now = write.now();
    // A date lasts longer in some zones than in others.
    let today = day_of(now, "UTC");
    let yesterday = today.checked_sub_days(Days::new(1)).unwrap_or(today);
    let mut tasks = Condition::any().add(task::Column::DueOn.gte(yesterday));
    let mut days = Condition::any().add(appointment::Column::StartsOn.gte(yesterday));
    let needs = write
        .find_in_circle::<need::Entity>()
        .filter(need::Column::State.eq(NeedState::Open))
        .filter(need::Column::SortAt.gte(now - TimeDelta::days(2)))
        .all(write.tx())
        .await?;
    if !dated {
        tasks = tasks.add(task::Column::DueAt.gt(now));
        // Who drives home sets off when the appointment has long begun.
        let theirs = needs.iter().map(|need| need.appointment_id);
        days = days
            .add(appointment::Column::StartsAt.gt(now))
            .add(appointment::Column::Id.is_in(theirs));
    }
    let tasks = write
        .find_in_circle::<task::Entity>()
        .filter(task::Column::State.eq(TaskState::Open))
        .filter(tasks)
        .all(write.tx())
        .await?;
    let appointments = write
        .find_in_circle::<appointment::Entity>()
        .filter(appointment::Column::State.eq(AppointmentState::Scheduled))
        .filter(days)
        .all(write.tx())
        .await?;
    let mut items: Vec<Item> = tasks.into_iter().map(Item::Task).collect();
    for row in appointments {
        let its = needs.iter().filter(|need| need.appointment_id == row.id);
        items.extend(its.map(|need| Item::Need(need.clone(), row.clone())));
        items.push(Item::Appointment(row));
    }
    Ok(items)
}
