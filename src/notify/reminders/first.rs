//! Who comes to an appointment and drives there, or takes two of its needs, is
//! reminded of what comes first on that day, and not of each.
//!
//! Nobody goes without a reminder for that: what comes first stands in for the other
//! only while it is still to come, for who said yes to it, and who was sent its
//! reminder when they had a part in the other already.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ColumnTrait, QueryFilter};

use super::item::Item;
use super::parts::{Part, standings};
use crate::access::CircleWrite;
use crate::entity::delivery::{self, DeliveryState};
use crate::entity::ids::{MemberId, ReminderId};
use crate::entity::reminder::{self, Column, ReminderKind, ReminderState};
use crate::notify::subject::{SubjectId, neighbours};
use crate::platform::time::civil::{Moment, day_of};
use crate::problem::Problem;

/// What becomes of a reminder once the mail server is asked to take it.
pub(super) const SENT: [DeliveryState; 3] = [
    DeliveryState::Queued,
    DeliveryState::Sent,
    DeliveryState::Unknown,
];

/// Who was reminded as long before, or later, of something that comes first, and needs
/// no reminder of this.
pub async fn who_heard_of_the_first(
    write: &CircleWrite,
    item: &Item,
    reminder: &reminder::Model,
) -> Result<HashSet<MemberId>, Problem> {
    // Who took something on late hears of it, whatever they heard of before.
    if reminder.member_id.is_some() || reminder.kind == ReminderKind::TakenOn {
        return Ok(HashSet::new());
    }
    let firsts = firsts(write, item).await?;
    if firsts.is_empty() {
        return Ok(HashSet::new());
    }
    let sent = sent(write, reminder, &firsts).await?;
    let ids: Vec<SubjectId> = firsts.into_iter().chain([item.id]).collect();
    let parts = standings(write, &ids).await?;
    let stands_in = |((first, member), at): (Part, DateTime<Utc>)| {
        let said_yes = parts
            .get(&(first, member))
            .is_some_and(|part| part.said_yes);
        let part = parts.get(&(item.id, member));
        let had_a_part = part.is_some_and(|part| part.at <= at);
        (said_yes && had_a_part).then_some(member)
    };
    Ok(sent.into_iter().filter_map(stands_in).collect())
}

/// What of the same errand is still to come on the day of an item, and not after it.
async fn firsts(write: &CircleWrite, item: &Item) -> Result<Vec<SubjectId>, Problem> {
    let mut around = neighbours(write, item.id).await?;
    let zone = write.scope().time_zone();
    let is_first = |other: &Item| {
        let is_ahead = |(_, not_after): (_, DateTime<Utc>)| not_after > write.now();
        other.id != item.id
            && other.is_on
            && other.due(zone).is_some_and(is_ahead)
            && precedes(other, item, zone)
    };
    around.retain(is_first);
    Ok(around.iter().map(|other| other.id).collect())
}

/// When a reminder of these, as long before them or later, was last sent to whom.
async fn sent(
    write: &CircleWrite,
    reminder: &reminder::Model,
    firsts: &[SubjectId],
) -> Result<HashMap<Part, DateTime<Utc>>, Problem> {
    let fired = write
        .find_in_circle::<reminder::Entity>()
        .filter(SubjectId::reminders(firsts))
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

/// Whether something is on the same day and not after.
fn precedes(other: &Item, item: &Item, zone: &str) -> bool {
    match (place(other, zone), place(item, zone)) {
        (Some(first), Some(second)) => first.0 == second.0 && first <= second,
        _ => false,
    }
}

/// Its day, and where it stands there: what has an hour before what has none.
fn place(item: &Item, zone: &str) -> Option<(NaiveDate, bool, DateTime<Utc>)> {
    let (at, _) = item.due(zone)?;
    Some(match item.moment? {
        Moment::At(_) => (day_of(at, zone), false, at),
        Moment::On(day) => (day, true, at),
    })
}
