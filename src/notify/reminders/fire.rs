//! Fires due reminders. A transaction claims many reminders, finds out whom they concern now, and
//! makes a delivery and an email job for each of these members (`fire/in_circle.rs`).

mod early;
mod in_circle;

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

pub use self::early::send_before_quiet_hours;
use self::in_circle::FireReminders;
use crate::access::in_circles;
use crate::app::App;
use crate::entity::ids::{CircleId, ReminderId};
use crate::entity::reminder::{self, ReminderState};
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::problem::Problem;

/// How many due reminders are read at once. It is far more than fire in one transaction, so that
/// the reminders of one circle come together.
const READ_AT_ONCE: u64 = 20_000;
/// How many reminders of a circle fire in one transaction.
const FIRED_AT_ONCE: usize = 100;
/// How many of these groups are begun before the server looks whether it has to stop.
const GROUPS_AT_ONCE: usize = 50;
/// How often the server looks for due reminders. They are promised to the minute.
const ROUND: Duration = Duration::from_secs(5);

/// Fires what is due until the server stops.
pub async fn keep_firing(app: App) {
    while !app.stopping().is_cancelled() {
        match fire_due_reminders(&app).await {
            Ok(fired) => {
                for failure in fired.failures {
                    tracing::error!(%failure, "a reminder could not be fired; it is tried again soon");
                }
            }
            Err(problem) => tracing::warn!(
                ?problem,
                "due reminders could not be read; the next try is in five seconds"
            ),
        }
        tokio::select! {
            () = tokio::time::sleep(ROUND) => {}
            () = app.stopping().cancelled() => {}
        }
    }
}

/// The result of one round.
#[derive(Debug, Default)]
pub struct Fired {
    /// How many reminders fired or were found to be of no use any more. A reminder that something
    /// needs people does not count if enough have claimed it.
    pub reminders: usize,
    /// What went wrong, by reminder.
    pub failures: Vec<String>,
}

/// A reminder that is due.
#[derive(Clone, Copy, Debug)]
struct DueReminder {
    circle_id: CircleId,
    id: ReminderId,
    fire_at: DateTime<Utc>,
}

/// Fires everything that is due now. A reminder that fails does not delay the others, and is tried
/// again in the next round.
pub async fn fire_due_reminders(app: &App) -> Result<Fired, Problem> {
    let mut all = Fired::default();
    let mut after = None;
    loop {
        let mut due = find_due(app, after).await?;
        after = due.last().copied();
        if after.is_none() {
            return Ok(all);
        }
        // The reminders of a circle stay in the order in which they are due.
        due.sort_by_key(|due| due.circle_id);
        let of_circles = due.chunk_by(|a, b| a.circle_id == b.circle_id);
        let groups: Vec<&[DueReminder]> = of_circles
            .flat_map(|circle| circle.chunks(FIRED_AT_ONCE))
            .collect();
        for some in groups.chunks(GROUPS_AT_ONCE) {
            if app.stopping().is_cancelled() {
                return Ok(all);
            }
            fire(app, some, &mut all).await;
        }
    }
}

/// Fires some groups of reminders. Each group is of one circle.
async fn fire(app: &App, groups: &[&[DueReminder]], all: &mut Fired) {
    let work = groups.iter().filter_map(|group| {
        let circle = group.first()?.circle_id;
        Some((circle, group.iter().map(|due| due.id).collect()))
    });
    for end in in_circles(app, &FireReminders, work.collect()).await {
        match end.result {
            Ok(fired) => all.reminders += fired,
            Err(problem) => {
                let failed = end.tasks.iter();
                all.failures
                    .extend(failed.map(|id| format!("{id}: {problem:?}")));
            }
        }
    }
}

/// The oldest due reminders after `after`.
#[expect(
    clippy::disallowed_methods,
    reason = "reads across all circles; each reminder fires in the scope of its circle"
)]
async fn find_due(app: &App, after: Option<DueReminder>) -> Result<Vec<DueReminder>, Problem> {
    use reminder::Column;
    let now = app.clock().at(app.reader()).await?;
    let mut due = reminder::Entity::find()
        .select_only()
        .columns([Column::CircleId, Column::Id, Column::FireAt])
        .filter(Column::State.eq(ReminderState::Planned))
        .filter(Column::FireAt.lte(now))
        .order_by_asc(Column::FireAt)
        .order_by_asc(Column::Id)
        .limit(READ_AT_ONCE);
    if let Some(after) = after {
        let same_time = Condition::all()
            .add(Column::FireAt.eq(after.fire_at))
            .add(Column::Id.gt(after.id));
        let behind = Condition::any()
            .add(Column::FireAt.gt(after.fire_at))
            .add(same_time);
        due = due.filter(behind);
    }
    let rows = due
        .by_position::<(CircleId, ReminderId, DateTime<Utc>)>()
        .read(app.reader())
        .await?;
    let due = |(circle_id, id, fire_at)| DueReminder {
        circle_id,
        id,
        fire_at,
    };
    Ok(rows.into_iter().map(due).collect())
}
