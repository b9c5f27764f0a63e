//! The job that makes the occurrences of series as time passes, and ends series after their last
//! date.

use chrono::{Days, NaiveDate};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};
use uuid::Uuid;

use super::reach::{Reach, horizon};
use super::repeats::Repeats;
use crate::access::{CircleWrite, Locked};
use crate::app::App;
use crate::entity::change::ActorKind;
use crate::entity::circle::{self, CircleState};
use crate::entity::ids::CircleId;
use crate::entity::task_series::SeriesState;
use crate::entity::{appointment_series, task_series};
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
    let mut all = extend_all::<task_series::Entity>(app).await?;
    all.add(extend_all::<appointment_series::Entity>(app).await?);
    Ok(all)
}

async fn extend_all<S: Repeats>(app: &App) -> Result<Extended, Problem> {
    let today = app.clock().now().date_naive();
    let tomorrow = today.checked_add_days(Days::new(1)).unwrap_or(today);
    let soon = tomorrow.checked_add_days(EARLY).unwrap_or(tomorrow);
    let mut all = Extended::default();
    let runs_out = S::COLUMNS.made_until.lt(soon);
    let runs_out = runs_out.and(S::COLUMNS.state.eq(SeriesState::Active));
    // A paused series ends too.
    let is_past = S::COLUMNS.last_on.lt(tomorrow);
    let goes_on = [SeriesState::Active, SeriesState::Paused];
    let is_past = is_past.and(S::COLUMNS.state.is_in(goes_on));
    for due in [runs_out, is_past] {
        let mut skipped = 0;
        loop {
            let some = find_due::<S>(app, &due, skipped).await?;
            if some.is_empty() {
                break;
            }
            for (circle_id, series) in some {
                match extend::<S>(app, circle_id, series).await {
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
async fn find_due<S: Repeats>(
    app: &App,
    due: &Expr,
    skipped: u64,
) -> Result<Vec<(CircleId, Uuid)>, Problem> {
    let circle = |column: circle::Column| Expr::col((circle::Entity, column));
    let of_circle = circle(circle::Column::Id).equals((S::default(), S::circle_column()));
    let silent = [CircleState::InMemory, CircleState::Archived];
    let mut series = S::find();
    QueryTrait::query(&mut series).inner_join(circle::Entity, of_circle);
    Ok(series
        .select_only()
        .columns([S::circle_column(), S::id_column()])
        .filter(due.clone())
        .filter(circle(circle::Column::State).is_not_in(silent))
        .filter(circle(circle::Column::DeletionScheduledFor).is_null())
        .order_by_asc(S::id_column())
        .limit(BATCH)
        .offset(skipped)
        .by_position::<(CircleId, Uuid)>()
        .read(app.reader())
        .await?)
}

/// Writes one series, under the lock of its circle.
async fn extend<S: Repeats>(app: &App, circle_id: CircleId, id: Uuid) -> Result<Extended, Problem> {
    let write = CircleWrite::begin_as_system(app, circle_id, ActorKind::System, None).await?;
    let Some(row) = write.find_one::<S>(id.into()).await? else {
        return Ok(Extended::default());
    };
    let repetition = S::repetition(&row);
    let today = repetition.today(&write);
    if repetition.state == SeriesState::Ended || write.scope().silence().is_some() {
        return Ok(Extended::default());
    }
    let mut after = row.clone().into_active_model();
    if S::last_on(&row).is_some_and(|last| last < today) {
        after.set(S::COLUMNS.state, SeriesState::Ended.into());
        let row = write.update::<S>(&row, after).await?;
        let mut series = Locked::<S>::of(write, row).await?;
        series.log_as("ended", Vec::new()).await?;
        series.write.commit(NoContent).await?;
        return Ok(Extended {
            ended: 1,
            ..Extended::default()
        });
    }
    let enough = today.checked_add_days(EARLY).unwrap_or(today);
    let made_until = S::made_until(&row);
    if made_until >= enough || repetition.state != SeriesState::Active {
        return Ok(Extended::default());
    }
    let mut series = Locked::<S>::of(write, row).await?;
    after.set(S::COLUMNS.made_until, horizon(today).into());
    S::move_up(&mut after, &series.row, &series.related, today);
    series.row = series.write.update::<S>(&series.row, after).await?;
    let reach = Reach {
        from: Ord::max(next_day(made_until), today),
        ..Reach::to_come(&series.write, &repetition)
    };
    series.make_occurrences_in(reach).await?;
    series.log_as("extended", Vec::new()).await?;
    series.write.commit(NoContent).await?;
    Ok(Extended {
        extended: 1,
        ..Extended::default()
    })
}

fn next_day(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap_or(day)
}
