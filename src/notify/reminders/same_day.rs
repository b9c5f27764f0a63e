//! A member who takes part in several things of one errand on one day is reminded of the
//! first of them only: of an appointment and the drive to it, or of two of its needs.
//!
//! No member misses a reminder by that. The reminder of the earlier item replaces the one of
//! the later item only while the earlier item is still to come, only for a member who said
//! yes to it, and only if it was sent when the member had a part in the later item already.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ColumnTrait, QueryFilter};

use super::item::Item;
use super::parts::{PartKey, part_statuses};
use crate::access::CircleWrite;
use crate::entity::delivery::{self, DeliveryState};
use crate::entity::ids::{MemberId, ReminderId};
use crate::entity::reminder::{self, Column, ReminderKind, ReminderState};
use crate::notify::subject::{SubjectId, neighbours};
use crate::platform::time::civil::{Moment, day_of};
use crate::problem::Problem;

/// The states of a delivery that the mail server was asked, or is about to be asked, to take.
pub(super) const SENT: [DeliveryState; 3] = [
    DeliveryState::Queued,
    DeliveryState::Sent,
    DeliveryState::Unknown,
];

/// The members who need no reminder of this item, because a reminder of an earlier item on the
/// same day was sent to them, as long before it or later.
pub async fn reminded_of_an_earlier_item(
    write: &CircleWrite,
    item: &Item,
    reminder: &reminder::Model,
) -> Result<HashSet<MemberId>, Problem> {
    // A member who took it on late has a reminder of their own and always gets it.
    if reminder.member_id.is_some() || reminder.kind == ReminderKind::TakenOn {
        return Ok(HashSet::new());
    }
    let earlier_items = earlier_items(write, item).await?;
    if earlier_items.is_empty() {
        return Ok(HashSet::new());
    }
    let sent = sent(write, reminder, &earlier_items).await?;
    let ids: Vec<SubjectId> = earlier_items.into_iter().chain([item.id]).collect();
    let parts = part_statuses(write, &ids).await?;
    let needs_no_reminder = |((earlier, member), at): (PartKey, DateTime<Utc>)| {
        let said_yes = parts
            .get(&(earlier, member))
            .is_some_and(|part| part.said_yes);
        let part = parts.get(&(item.id, member));
        let had_a_part = part.is_some_and(|part| part.at <= at);
        (said_yes && had_a_part).then_some(member)
    };
    Ok(sent.into_iter().filter_map(needs_no_reminder).collect())
}

/// The items of the same errand that are still to come, on the day of this item and not after
/// it.
async fn earlier_items(write: &CircleWrite, item: &Item) -> Result<Vec<SubjectId>, Problem> {
    let mut around = neighbours(write, item.id).await?;
    let zone = write.scope().time_zone();
    let is_earlier = |other: &Item| {
        let is_ahead = |(_, not_after): (_, DateTime<Utc>)| not_after > write.now();
        other.id != item.id
            && other.is_on
            && other.due(zone).is_some_and(is_ahead)
            && precedes(other, item, zone)
    };
    around.retain(is_earlier);
    Ok(around.iter().map(|other| other.id).collect())
}

/// When a reminder of these items was last sent to each member, as long before or later.
async fn sent(
    write: &CircleWrite,
    reminder: &reminder::Model,
    earlier_items: &[SubjectId],
) -> Result<HashMap<PartKey, DateTime<Utc>>, Problem> {
    let fired = write
        .find_in_circle::<reminder::Entity>()
        .filter(SubjectId::reminders(earlier_items))
        .filter(Column::State.eq(ReminderState::Fired))
        .filter(Column::ScheduleVersion.eq(reminder.schedule_version))
        .filter(Column::OffsetMinutes.lte(reminder.offset_minutes))
        .all(write.tx())
        .await?;
    let about: HashMap<ReminderId, SubjectId> = fired
        .iter()
        .filter_map(|row| Some((row.id, SubjectId::of_reminder(row)?)))
        .collect();
    let deliveries = write
        .find_in_circle::<delivery::Entity>()
        .filter(delivery::Column::ReminderId.is_in(about.keys().copied()))
        .filter(delivery::Column::State.is_in(SENT))
        .all(write.tx())
        .await?;
    let mut sent = HashMap::new();
    for row in deliveries {
        if let Some(first) = about.get(&row.reminder_id) {
            let at = sent
                .entry((*first, row.member_id))
                .or_insert(row.created_at);
            *at = row.created_at.max(*at);
        }
    }
    Ok(sent)
}

/// Whether the other item is on the same day, and not after this one.
fn precedes(other: &Item, item: &Item, zone: &str) -> bool {
    match (order_on_its_day(other, zone), order_on_its_day(item, zone)) {
        (Some(first), Some(second)) => first.0 == second.0 && first <= second,
        _ => false,
    }
}

/// The day of an item and its order on that day: items with an hour come before those without.
fn order_on_its_day(item: &Item, zone: &str) -> Option<(NaiveDate, bool, DateTime<Utc>)> {
    let (at, _) = item.due(zone)?;
    Some(match item.moment? {
        Moment::At(_) => (day_of(at, zone), false, at),
        Moment::On(day) => (day, true, at),
    })
}
