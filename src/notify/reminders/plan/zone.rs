//! A circle gets another time zone. An item with a date and no time of day stays on its date. The
//! item has not moved, so nobody is told of it or reminded twice. Only the instants that are
//! computed from dates are computed again.

use chrono::NaiveDate;
use sea_orm::sea_query::{CaseStatement, Expr};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect};

use super::{AT_ONCE, Planner};
use crate::access::CircleWrite;
use crate::notify::subject::{self, Reminded, items_ahead};
use crate::problem::Problem;

/// Computes the instants of dates, and the reminders of items on them, for the new zone.
pub async fn follow_zone(write: &CircleWrite, zone: &str) -> Result<(), Problem> {
    subject::follow_zone(write, zone).await?;
    let items = items_ahead(write, true).await?;
    let planner = Planner {
        zone,
        ..Planner::of(write)
    };
    planner.plan(&items, &[]).await
}

/// Computes again the instant by which rows with a date are sorted. This takes one statement for
/// five hundred days.
pub async fn move_days<E: Reminded>(write: &CircleWrite, zone: &str) -> Result<(), Problem> {
    let day = E::ON;
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
            moved = moved.case(day.eq(*on), Expr::value(E::sorts_at(*on, zone)));
        }
        let on_them = Condition::all().add(day.is_in(days.iter().copied()));
        let values = vec![(E::SORT_AT, moved.into())];
        write.update_all::<E>(on_them, values).await?;
    }
    Ok(())
}
