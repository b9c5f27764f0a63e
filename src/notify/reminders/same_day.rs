//! A member who takes part in several things that belong together on one day, such as an
//! appointment and the ride to it, is reminded only of the first of them.
//!
//! No member misses a reminder by that. The reminder of the earlier item replaces the reminder of
//! the later item only if all of this holds: the earlier item is still to come, the member said yes
//! to it, and the member already had a part in the later item when it was sent.

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

/// The states of a delivery that was sent, may have been sent, or is about to be sent.
pub(super) const SENT: [DeliveryState; 3] = [
    DeliveryState::Queued,
    DeliveryState::Sent,
    DeliveryState::Unknown,
];

/// The members who need no reminder of this item, because they were sent a reminder of an earlier
/// item on the same day, with the same offset or a smaller one.
pub async fn reminded_of_an_earlier_item(
    write: &CircleWrite,
    item: &Item,
    reminder: &reminder::Model,
) -> Result<HashSet<MemberId>, Problem> {
    // A member who joined late has a reminder of their own and always gets it.
    if reminder.member_id.is_some() || reminder.kind == ReminderKind::ClaimConfirmation {
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

/// The other items that belong together with this one and come first: they are still to come, on
/// the same day, and not after it.
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

/// When a reminder of these items with the same offset or a smaller one was last sent to each
/// member.
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

/// The day of an item and its order on that day. Items with a time of day come before the others.
fn order_on_its_day(item: &Item, zone: &str) -> Option<(NaiveDate, bool, DateTime<Utc>)> {
    let (at, _) = item.due(zone)?;
    Some(match item.moment? {
        Moment::At(_) => (day_of(at, zone), false, at),
        Moment::On(day) => (day, true, at),
    })
}
