//! Fires due reminders. One transaction claims the reminder, finds out whom it concerns now, and
//! makes a delivery and an email job for each of these members.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};

use super::audience::{Concerned, audience};
use super::item::Item;
use super::mail::MailReminder;
use super::same_day::reminded_of_an_earlier_item;
use super::superseded::later_reminders_due;
use crate::access::CircleWrite;
use crate::app::App;
use crate::entity::change::ActorKind;
use crate::entity::delivery::{self, DeliveryChannel, DeliveryReason, DeliveryState};
use crate::entity::ids::{CircleId, ReminderId};
use crate::entity::notification_setting::{NotificationCategory, NotificationDelivery};
use crate::entity::reminder::{self, ReminderState};
use crate::http::response::NoContent;
use crate::notify::notifications::{delivery_of, make_unsubscribe_tokens};
use crate::notify::subject::item_of;
use crate::problem::Problem;

const AT_ONCE: u64 = 200;
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
    /// How many reminders fired or were found to be of no use any more.
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
        if after.is_none() || app.stopping().is_cancelled() {
            return Ok(all);
        }
        due.sort_by_key(|due| due.circle_id);
        for circle in due.chunk_by(|a, b| a.circle_id == b.circle_id) {
            if let Ok(fired) = fire_together(app, circle).await {
                all.reminders += fired;
                continue;
            }
            for one in circle {
                match fire_together(app, std::slice::from_ref(one)).await {
                    Ok(fired) => all.reminders += fired,
                    Err(error) => all.failures.push(format!("{}: {error}", one.id)),
                }
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
        .limit(AT_ONCE);
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
        .into_tuple::<(CircleId, ReminderId, DateTime<Utc>)>()
        .all(app.reader())
        .await?;
    let due = |(circle_id, id, fire_at)| DueReminder {
        circle_id,
        id,
        fire_at,
    };
    Ok(rows.into_iter().map(due).collect())
}

/// Fires reminders of one circle in one transaction: all or none. Returns how many were still
/// due.
async fn fire_together(app: &App, due: &[DueReminder]) -> Result<usize, String> {
    let work = async {
        let Some(first) = due.first() else {
            return Ok(0);
        };
        let write =
            CircleWrite::begin_as_system(app, first.circle_id, ActorKind::System, None).await?;
        let mut fired = 0;
        for one in due {
            fired += usize::from(fire(&write, one.id).await?);
        }
        write.commit(NoContent).await?;
        Ok::<_, Problem>(fired)
    };
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(outcome) => outcome.map_err(|problem| format!("{problem:?}")),
        Err(_panic) => Err("it panicked".into()),
    }
}

/// Fires one reminder, unless it is not due any more.
async fn fire(write: &CircleWrite, id: ReminderId) -> Result<bool, Problem> {
    let reminder = write.require::<reminder::Entity>(id).await?;
    if reminder.state != ReminderState::Planned || reminder.fire_at > write.now() {
        return Ok(false);
    }
    let item = item_of(write, &reminder).await?;
    let current = item.is_on
        && item.schedule_version == reminder.schedule_version
        && !write.scope().is_ending();
    let state = if !current {
        ReminderState::Canceled
    } else if reminder.not_after <= write.now() {
        ReminderState::Expired
    } else {
        fire_in_time(write, &item, &reminder).await?
    };
    let mut row = reminder.clone().into_active_model();
    row.state = Set(state);
    write.update::<reminder::Entity>(&reminder, row).await?;
    Ok(true)
}

/// Makes the deliveries, unless a later reminder of the same item is due as well.
async fn fire_in_time(
    write: &CircleWrite,
    item: &Item,
    reminder: &reminder::Model,
) -> Result<ReminderState, Problem> {
    let later = later_reminders_due(write, item, reminder).await?;
    let replaces =
        |row: &reminder::Model| row.member_id.is_none() || row.member_id == reminder.member_id;
    if later.iter().any(replaces) {
        return Ok(ReminderState::Expired);
    }
    let heard = reminded_of_an_earlier_item(write, item, reminder).await?;
    for concerned in audience(write, item, reminder.member_id).await? {
        let member = concerned.member.id;
        let needless = if later.iter().any(|row| row.member_id == Some(member)) {
            Some(DeliveryReason::TooLate)
        } else if heard.contains(&member) {
            Some(DeliveryReason::AlreadyReminded)
        } else {
            None
        };
        remind(write, reminder, &concerned, needless).await?;
    }
    Ok(ReminderState::Fired)
}

/// Makes the delivery to one member, and its email job unless the delivery is skipped.
/// `needless` is the reason if another reminder replaces this one.
async fn remind(
    write: &CircleWrite,
    reminder: &reminder::Model,
    concerned: &Concerned,
    needless: Option<DeliveryReason>,
) -> Result<(), Problem> {
    let member = &concerned.member;
    let wish = delivery_of(write.tx(), member, NotificationCategory::Reminders).await?;
    let skipped = if !concerned.sees {
        Some(DeliveryReason::NotVisible)
    } else if wish == NotificationDelivery::Off {
        Some(DeliveryReason::TurnedOff)
    } else {
        needless
    };
    let row = delivery::ActiveModel {
        id: Set(write.new_id()),
        reminder_id: Set(reminder.id),
        member_id: Set(member.id),
        channel: Set(DeliveryChannel::Email),
        state: Set(if skipped.is_some() {
            DeliveryState::Skipped
        } else {
            DeliveryState::Queued
        }),
        reason: Set(skipped),
        attempts: Set(0),
        sent_at: Set(None),
        ..Default::default()
    };
    let delivery = write.insert::<delivery::Entity>(row).await?;
    if delivery.state == DeliveryState::Queued {
        make_unsubscribe_tokens(write, &[member.id]).await?;
        let job = MailReminder {
            circle_id: delivery.circle_id,
            delivery_id: delivery.id,
        };
        write.enqueue(&job).await?;
    }
    Ok(())
}
