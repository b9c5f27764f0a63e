//! A member who takes part in several things that belong together on one day, such as an
//! appointment and the ride to it, is reminded only of the first of them.
//!
//! No member misses a reminder by that. The reminder of the earlier item replaces the reminder of
//! the later item only if all of this holds: the earlier item is still to come, the member said yes
//! to it, and the member already had a part in the later item when it was sent.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ColumnTrait, QueryFilter};

use super::item::Item;
use super::parts::{PartKey, PartStatus};
use crate::access::CircleWrite;
use crate::entity::delivery::{self, DeliveryState};
use crate::entity::ids::{MemberId, ReminderId};
use crate::entity::reminder::{self, ReminderKind, ReminderState};
use crate::notify::subject::{SubjectId, neighbours, reminders_of};
use crate::platform::time::civil::{Moment, day_of};
use crate::problem::Problem;

/// How many ids go into one query.
const AT_ONCE: usize = 500;

/// The states of a delivery that was sent, may have been sent, or is about to be sent.
pub(super) const SENT: [DeliveryState; 3] = [
    DeliveryState::Queued,
    DeliveryState::Sent,
    DeliveryState::Unknown,
];

/// A reminder that was sent to a member.
struct SentReminder {
    schedule_version: i32,
    offset_minutes: i32,
    member: MemberId,
    at: DateTime<Utc>,
}

/// What members were sent about the items that come first on the day of others.
#[derive(Default)]
pub struct EarlierItems {
    /// For each item, those that come first on its day and belong together with it.
    before: HashMap<SubjectId, Vec<SubjectId>>,
    sent: HashMap<SubjectId, Vec<SentReminder>>,
}

impl EarlierItems {
    /// Reads it for these reminders and their items. The number of statements does not grow.
    pub async fn read(
        write: &CircleWrite,
        items: &HashMap<SubjectId, Item>,
        reminders: &[reminder::Model],
    ) -> Result<Self, Problem> {
        let mut asked: Vec<SubjectId> = reminders
            .iter()
            .filter(|reminder| can_be_replaced(reminder))
            .filter_map(SubjectId::of_reminder)
            .collect();
        asked.sort_unstable();
        asked.dedup();
        let mut before = HashMap::new();
        for (id, around) in neighbours(write, &asked).await? {
            let earlier = items.get(&id).map(|item| earlier_of(write, item, &around));
            let earlier = earlier.unwrap_or_default();
            if !earlier.is_empty() {
                before.insert(id, earlier);
            }
        }
        let mut all = Self {
            before,
            sent: HashMap::new(),
        };
        all.read_sent(write).await?;
        Ok(all)
    }

    /// All items that come before another one.
    pub fn ids(&self) -> Vec<SubjectId> {
        let mut ids: Vec<SubjectId> = self.before.values().flatten().copied().collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    async fn read_sent(&mut self, write: &CircleWrite) -> Result<(), Problem> {
        let mut fired = HashMap::new();
        for row in reminders_of(write, &self.ids()).await? {
            if row.state == ReminderState::Fired && !row.is_of_gap() {
                fired.insert(row.id, row);
            }
        }
        let ids: Vec<ReminderId> = fired.keys().copied().collect();
        for some in ids.chunks(AT_ONCE) {
            let deliveries = write
                .find_in_circle::<delivery::Entity>()
                .filter(delivery::Column::ReminderId.is_in(some.iter().copied()))
                .filter(delivery::Column::State.is_in(SENT))
                .all(write.tx())
                .await?;
            for row in deliveries {
                if let Some(reminder) = fired.get(&row.reminder_id) {
                    self.note(reminder, row.member_id, row.created_at);
                }
            }
        }
        Ok(())
    }

    /// Notes that a reminder was sent to a member, which counts for the reminders after it.
    pub fn note(&mut self, reminder: &reminder::Model, member: MemberId, at: DateTime<Utc>) {
        if let Some(item) = SubjectId::of_reminder(reminder) {
            self.sent.entry(item).or_default().push(SentReminder {
                schedule_version: reminder.schedule_version,
                offset_minutes: reminder.offset_minutes,
                member,
                at,
            });
        }
    }

    /// Whether a member needs no reminder of this item, because they were sent a reminder of an
    /// earlier item on the same day, with the same offset or a smaller one.
    pub fn was_reminded(
        &self,
        parts: &HashMap<PartKey, PartStatus>,
        item: &Item,
        reminder: &reminder::Model,
        member: MemberId,
    ) -> bool {
        if !can_be_replaced(reminder) {
            return false;
        }
        let part = parts.get(&(item.id, member));
        let before = self.before.get(&item.id).into_iter().flatten();
        before.into_iter().any(|earlier| {
            let said_yes = parts
                .get(&(*earlier, member))
                .is_some_and(|part| part.said_yes);
            let sent = self.sent.get(earlier).into_iter().flatten();
            let last = sent
                .filter(|sent| sent.member == member)
                .filter(|sent| sent.schedule_version == reminder.schedule_version)
                .filter(|sent| sent.offset_minutes <= reminder.offset_minutes)
                .map(|sent| sent.at)
                .max();
            said_yes && last.is_some_and(|at| part.is_some_and(|part| part.at <= at))
        })
    }
}

/// A member who joined late has a reminder of their own and always gets it. Members who could claim
/// something have no part in it yet.
fn can_be_replaced(reminder: &reminder::Model) -> bool {
    let never = [ReminderKind::ClaimConfirmation, ReminderKind::Uncovered];
    reminder.member_id.is_none() && !never.contains(&reminder.kind)
}

/// Which of the items that belong together with this one come first: they are still to come, on
/// the same day, and not after it.
fn earlier_of(write: &CircleWrite, item: &Item, around: &[Item]) -> Vec<SubjectId> {
    let zone = write.scope().time_zone();
    let is_earlier = |other: &&Item| {
        let is_ahead = |(_, not_after): (_, DateTime<Utc>)| not_after > write.now();
        other.id != item.id
            && other.is_on
            && other.due(zone).is_some_and(is_ahead)
            && precedes(other, item, zone)
    };
    let earlier = around.iter().filter(is_earlier);
    earlier.map(|other| other.id).collect()
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
