//! The job that makes the occurrences of series as time passes, and ends series after their last
//! date.

use chrono::{Days, NaiveDate};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait,
};

use super::occurrences;
use super::reach::{Reach, horizon};
use super::task_series::{SeriesTurns, repetition_of, turns_from};
use crate::access::CircleWrite;
use crate::access::change_log::Change;
use crate::app::App;
use crate::entity::change::ActorKind;
use crate::entity::circle::{self, CircleState};
use crate::entity::ids::{CircleId, TaskSeriesId};
use crate::entity::task_series::{self, Column, SeriesState};
use crate::entity::task_series_member;
use crate::features::participation::parts_of;
use crate::http::response::NoContent;
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::problem::Problem;

/// How many days before their occurrences run out series get more. Each series is written once a
/// week and not every day.
const EARLY: Days = Days::new(53);
/// How many series are found at once.
const BATCH: u64 = 200;

/// How many series were written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extended {
    /// Series that got more occurrences.
    pub extended: usize,
    /// Series whose last date is over.
    pub ended: usize,
}

impl Extended {
    fn add(&mut self, other: Self) {
        self.extended += other.extended;
        self.ended += other.ended;
    }
}

/// Makes the occurrences of the next weeks in all series, and ends those whose last date is over. A
/// series that fails does not stop the others and is tried again the next time.
pub async fn extend_series(app: &App) -> Result<Extended, Problem> {
    let today = app.clock().now().date_naive();
    let tomorrow = today.checked_add_days(Days::new(1)).unwrap_or(today);
    let soon = tomorrow.checked_add_days(EARLY).unwrap_or(tomorrow);
    let mut all = Extended::default();
    let runs_out = Condition::all()
        .add(Column::State.eq(SeriesState::Active))
        .add(Column::MadeUntil.lt(soon));
    // A paused series ends too.
    let is_past = Condition::all()
        .add(Column::State.is_in([SeriesState::Active, SeriesState::Paused]))
        .add(Column::LastOn.lt(tomorrow));
    for due in [runs_out, is_past] {
        let mut skipped = 0;
        loop {
            let some = find_due(app, &due, skipped).await?;
            if some.is_empty() {
                break;
            }
            for (circle_id, series) in some {
                match extend(app, circle_id, series).await {
                    Ok(one) if one == Extended::default() => skipped += 1,
                    Ok(one) => all.add(one),
                    Err(problem) => {
                        skipped += 1;
                        tracing::warn!(
                            %circle_id, %series, ?problem,
                            "could not make the occurrences of a series; trying again"
                        );
                    }
                }
            }
        }
    }
    Ok(all)
}

/// Some series that may need something, after those that were skipped. No time zone is more than a day
/// away from UTC. A circle that sends nothing any more plans nothing either.
#[expect(
    clippy::disallowed_methods,
    reason = "looks over all circles; each is entered through its own scope"
)]
async fn find_due(
    app: &App,
    due: &Condition,
    skipped: u64,
) -> Result<Vec<(CircleId, TaskSeriesId)>, Problem> {
    use sea_orm::sea_query::ExprTrait;
    let circle = |column: circle::Column| Expr::col((circle::Entity, column));
    let of_circle = circle(circle::Column::Id).equals((task_series::Entity, Column::CircleId));
    let silent = [CircleState::InMemory, CircleState::Archived];
    let mut series = task_series::Entity::find();
    QueryTrait::query(&mut series).inner_join(circle::Entity, of_circle);
    Ok(series
        .select_only()
        .columns([Column::CircleId, Column::Id])
        .filter(due.clone())
        .filter(circle(circle::Column::State).is_not_in(silent))
        .filter(circle(circle::Column::DeletionScheduledFor).is_null())
        .order_by_asc(Column::Id)
        .limit(BATCH)
        .offset(skipped)
        .by_position::<(CircleId, TaskSeriesId)>()
        .read(app.reader())
        .await?)
}

/// Writes one series, under the lock of its circle.
async fn extend(app: &App, circle_id: CircleId, id: TaskSeriesId) -> Result<Extended, Problem> {
    let mut write = CircleWrite::begin_as_system(app, circle_id, ActorKind::System, None).await?;
    let Some(series) = write.find_one::<task_series::Entity>(id).await? else {
        return Ok(Extended::default());
    };
    let repetition = repetition_of(&series);
    let today = repetition.today(&write);
    if series.state == SeriesState::Ended || write.scope().silence().is_some() {
        return Ok(Extended::default());
    }
    let mut row = series.clone().into_active_model();
    if series.last_on.is_some_and(|last| last < today) {
        row.state = Set(SeriesState::Ended);
        let series = write.update::<task_series::Entity>(&series, row).await?;
        let change = Change::to::<task_series::Entity>("ended", &series).about(series.topic);
        write.log(change).await?;
        write.commit(NoContent).await?;
        return Ok(Extended {
            ended: 1,
            ..Extended::default()
        });
    }
    let enough = today.checked_add_days(EARLY).unwrap_or(today);
    if series.made_until >= enough || series.state != SeriesState::Active {
        return Ok(Extended::default());
    }
    let from = next_day(series.made_until).max(today);
    let parts = parts_of::<task_series_member::Entity>(
        write.tx(),
        write.scope(),
        std::slice::from_ref(&series),
    )
    .await?;
    row.made_until = Set(horizon(today));
    row.turns_from = Set(turns_from(&series, &parts, today));
    let series = write.update::<task_series::Entity>(&series, row).await?;
    let reach = Reach {
        from,
        ..Reach::to_come(&write, &repetition)
    };
    let turns = SeriesTurns::of_series(&series, &parts, reach.until);
    occurrences::make::<task_series::Entity>(&mut write, &series, &turns, reach).await?;
    let change = Change::to::<task_series::Entity>("extended", &series).about(series.topic);
    write.log(change).await?;
    write.commit(NoContent).await?;
    Ok(Extended {
        extended: 1,
        ..Extended::default()
    })
}

fn next_day(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap_or(day)
}
