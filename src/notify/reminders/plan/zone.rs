//! A circle moves to another zone. What has a date and no time of day stays on its
//! date: it is no move, and nobody is told or reminded twice of it. Only the instants
//! that were made of dates are made anew.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sea_orm::sea_query::{CaseStatement, Expr};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect};

use super::ahead::items_ahead;
use super::{AT_ONCE, Planner};
use crate::access::{CircleOwned, CircleWrite};
use crate::entity::{appointment, need, task};
use crate::platform::time::civil::{end_of_day, on_day};
use crate::problem::Problem;

/// Lets dates, and the reminders of what is on them, follow the circle's new zone.
pub async fn follow_zone(write: &CircleWrite, zone: &str) -> Result<(), Problem> {
    // As `Due` and `When` write them.
    let last_second = |day| end_of_day(day, zone) - TimeDelta::seconds(1);
    let midnight = |day| on_day(day, 0, zone);
    let (due_on, due) = (task::Column::DueOn, task::Column::SortAt);
    move_days::<task::Entity>(write, due_on, due, last_second).await?;
    let (starts_on, starts) = (appointment::Column::StartsOn, appointment::Column::SortAt);
    move_days::<appointment::Entity>(write, starts_on, starts, midnight).await?;
    let (starts_on, starts) = (need::Column::StartsOn, need::Column::SortAt);
    move_days::<need::Entity>(write, starts_on, starts, midnight).await?;

    let items = items_ahead(write, true).await?;
    let planner = Planner {
        zone,
        ..Planner::of(write)
    };
    planner.plan(&items, &[]).await
}

/// Sorts everything that is on a day where that day lies now: one statement for
/// some hundred days.
async fn move_days<E: CircleOwned>(
    write: &CircleWrite,
    day: E::Column,
    sort_at: E::Column,
    at: impl Fn(NaiveDate) -> DateTime<Utc>,
) -> Result<(), Problem> {
    let days = write
        .find_in_circle::<E>()
        .select_only()
        .column(day)
        .filter(day.is_not_null())
        .distinct()
        .into_tuple::<NaiveDate>()
        .all(write.tx())
        .await?;
    for days in days.chunks(AT_ONCE) {
        let mut moved = CaseStatement::new();
        for on in days {
            moved = moved.case(day.eq(*on), Expr::value(at(*on)));
        }
        let on_them = Condition::all().add(day.is_in(days.iter().copied()));
        let values = vec![(sort_at, moved.into())];
        write.update_all::<E>(on_them, values).await?;
    }
    Ok(())
}
