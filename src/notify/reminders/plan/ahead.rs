//! All that is to come in a circle: cancelled when its deletion is requested, and
//! planned again when it is kept.

use std::collections::BTreeSet;

use chrono::{Days, TimeDelta};
use sea_orm::{ColumnTrait, Condition, QueryFilter};

use super::decide::Newcomer;
use super::{AT_ONCE, Planner, cancel};
use crate::access::CircleWrite;
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::need::{self, NeedState};
use crate::entity::reminder::ReminderState;
use crate::entity::task::{self, TaskState};
use crate::notify::reminders::item::Item;
use crate::notify::reminders::parts::{Standing, standings};
use crate::platform::time::civil::day_of;
use crate::problem::Problem;

/// Cancels every reminder of a circle that is going to be erased.
pub async fn cancel_all(write: &CircleWrite) -> Result<(), Problem> {
    cancel(write, Condition::all()).await
}

/// Plans what is still ahead in a circle that is not erased after all. Who takes
/// part in something of which nobody was reminded counts as coming late.
pub async fn plan_all_ahead(write: &CircleWrite) -> Result<(), Problem> {
    let items = items_ahead(write, false).await?;
    let planner = Planner {
        is_ending: false,
        ..Planner::of(write)
    };
    let ids: Vec<_> = items.iter().map(Item::id).collect();
    let mut unheard = ids.clone();
    let existing = planner.existing(&ids).await?;
    unheard.retain(|id| {
        let mut rows = existing.get(id).into_iter().flatten();
        !rows.any(|row| row.state == ReminderState::Fired)
    });
    let newcomer = |((item, member), part): (_, Standing)| Newcomer {
        item,
        member,
        said_yes: part.said_yes,
    };
    let parts = standings(write, &unheard).await?;
    let newcomers: Vec<_> = parts.into_iter().map(newcomer).collect();
    planner.plan(&items, &newcomers).await
}

/// Plans anew what is ahead in a circle whose instants follow newer rules of zones:
/// nobody comes new to anything.
pub async fn replan_all_ahead(write: &CircleWrite) -> Result<(), Problem> {
    let items = items_ahead(write, false).await?;
    Planner::of(write).plan(&items, &[]).await
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
        days = days.add(appointment::Column::StartsAt.gt(now));
    }
    let tasks = write
        .find_in_circle::<task::Entity>()
        .filter(task::Column::State.eq(TaskState::Open))
        .filter(tasks)
        .all(write.tx())
        .await?;
    let scheduled = async |which: Condition| {
        write
            .find_in_circle::<appointment::Entity>()
            .filter(
                appointment::Column::State
                    .is_in([AppointmentState::Scheduled, AppointmentState::Completed]),
            )
            .filter(which)
            .all(write.tx())
            .await
    };
    let mut appointments = scheduled(days).await?;
    if !dated {
        // Who drives home sets off when the appointment has long begun.
        let mut begun: BTreeSet<_> = needs.iter().map(|need| need.appointment_id).collect();
        for row in &appointments {
            begun.remove(&row.id);
        }
        let begun: Vec<_> = begun.into_iter().collect();
        for ids in begun.chunks(AT_ONCE) {
            let theirs = appointment::Column::Id.is_in(ids.iter().copied());
            appointments.extend(scheduled(Condition::all().add(theirs)).await?);
        }
    }
    let mut items: Vec<Item> = tasks.into_iter().map(Item::Task).collect();
    for row in appointments {
        let its = needs.iter().filter(|need| need.appointment_id == row.id);
        items.extend(its.map(|need| Item::Need(need.clone(), row.clone())));
        items.push(Item::Appointment(row));
    }
    Ok(items)
}
