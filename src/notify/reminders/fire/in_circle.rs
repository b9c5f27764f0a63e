//! Fires reminders of one circle. The number of statements does not grow with the number of
//! reminders or members, up to five hundred of each.

use std::collections::{BTreeSet, HashSet};

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, QueryFilter};

use super::early::sent_early;
use crate::access::{CircleStep, CircleWrite, MemberLevels};
use crate::entity::delivery::{self, DeliveryChannel, DeliveryReason, DeliveryState};
use crate::entity::ids::{DeliveryId, MemberId, ReminderId};
use crate::entity::reminder::{self, Column, ReminderState};
use crate::notify::may_send::{EmailFacts, why_none};
use crate::notify::notifications::{People, make_unsubscribe_tokens};
use crate::notify::reminders::facts::{Facts, item_about, items_about, sees};
use crate::notify::reminders::item::Item;
use crate::notify::reminders::mail::MailReminder;
use crate::notify::reminders::plan::{LAST_GAP, plan};
use crate::notify::reminders::same_day::EarlierItems;
use crate::platform::time::civil::minutes;
use crate::problem::Problem;

/// Fires reminders that are still due, and returns how many these were.
pub(super) struct FireReminders;

impl CircleStep for FireReminders {
    type Task = ReminderId;
    type Done = usize;

    async fn step(&self, write: &mut CircleWrite, ids: &[ReminderId]) -> Result<usize, Problem> {
        // The state and the time are no conditions of the query: with them SQLite takes the index
        // on both, and reads the due reminders of all circles.
        let mut due = write
            .find_in_circle::<reminder::Entity>()
            .filter(Column::Id.is_in(ids.iter().copied()))
            .all(write.tx())
            .await?;
        // Another server may have fired some of them, and some may be gone.
        due.retain(|row| row.state == ReminderState::Planned && row.fire_at <= write.now());
        due.sort_unstable_by_key(|row| (row.fire_at, row.id));
        if due.is_empty() {
            return Ok(0);
        }
        let mut firing = Firing::default();
        if write.scope().silence().is_some() {
            firing.canceled.extend(due.iter().map(|row| row.id));
        } else {
            firing.decide(write, &due).await?;
        }
        let of_gaps = std::mem::take(&mut firing.of_gaps);
        let count = due.len() - firing.of_no_gap;
        firing.write(write).await?;
        if !of_gaps.is_empty() {
            // The next reminder of what still needs people, or may need them again.
            plan(write, &of_gaps).await?;
        }
        Ok(count)
    }
}

/// What becomes of reminders.
#[derive(Default)]
struct Firing {
    fired: Vec<ReminderId>,
    canceled: Vec<ReminderId>,
    expired: Vec<ReminderId>,
    deliveries: Vec<delivery::ActiveModel>,
    /// The items that may need people, whose reminder of that has come.
    of_gaps: Vec<Item>,
    /// How many of these reminders were of no use, because enough people have claimed the thing.
    of_no_gap: usize,
    /// The deliveries among them that are sent, and the members to whom.
    queued: Vec<DeliveryId>,
    /// Who had which of these reminders before their quiet hours.
    early: HashSet<(ReminderId, MemberId)>,
    recipients: BTreeSet<MemberId>,
}

impl Firing {
    /// Decides about each reminder, in the order in which they were due.
    async fn decide(
        &mut self,
        write: &CircleWrite,
        due: &[reminder::Model],
    ) -> Result<(), Problem> {
        self.early = sent_early(write, due).await?;
        let items = items_about(write, due).await?;
        let mut earlier = EarlierItems::read(write, &items, due).await?;
        let facts = Facts::read(write, &items, &earlier.ids()).await?;
        let needs_people = |item: &Item| item.is_uncovered == Some(true);
        let mut people = None;
        if due.iter().any(reminder::Model::is_of_gap) && items.values().any(needs_people) {
            people = Some(People::read(write).await?);
        }
        for reminder in due {
            let item = item_about(&items, reminder)?;
            let is_held = item.id.is_held(write.scope());
            if is_held || !item.is_on || item.schedule_version != reminder.schedule_version {
                self.canceled.push(reminder.id);
            } else if reminder.not_after <= write.now() || is_replaced(&facts, reminder) {
                self.expired.push(reminder.id);
            } else if reminder.is_of_gap() {
                self.of_gaps.push(item.clone());
                if let Some(people) = people.as_ref().filter(|_| needs_people(item)) {
                    self.fired.push(reminder.id);
                    self.tell_of_gap(write, &facts, people, item, reminder);
                } else {
                    self.canceled.push(reminder.id);
                    self.of_no_gap += 1;
                }
            } else {
                self.fired.push(reminder.id);
                self.remind_all(write, &facts, &mut earlier, item, reminder);
            }
        }
        Ok(())
    }

    /// Makes the deliveries of a reminder that something needs people.
    fn tell_of_gap(
        &mut self,
        write: &CircleWrite,
        facts: &Facts,
        people: &People,
        item: &Item,
        reminder: &reminder::Model,
    ) {
        let due = item.due(write.scope().time_zone());
        // For a date a day before is at nine o'clock: 25 hours, if the clocks go back in between.
        let is_last = reminder.offset_minutes <= LAST_GAP;
        let soon = is_last || due.is_some_and(|(at, _)| at - write.now() <= minutes(LAST_GAP));
        let has_part = |member| facts.parts.contains_key(&(item.id, member));
        let told = people.tell_of_gap(item.topic, soon, has_part);
        for (member, no_email) in people.shown_of_gap(item.topic, &told, has_part) {
            self.remind(write, reminder, member, Some(no_email));
        }
        for member in told {
            self.remind(write, reminder, member, None);
        }
    }

    /// Makes the deliveries of a reminder: one to each member whom the item concerns.
    fn remind_all(
        &mut self,
        write: &CircleWrite,
        facts: &Facts,
        earlier: &mut EarlierItems,
        item: &Item,
        reminder: &reminder::Model,
    ) {
        let concerned: Vec<&MemberLevels> = facts.concerned(item, reminder.member_id).collect();
        for member in concerned {
            let id = member.row.id;
            if self.early.contains(&(reminder.id, id)) {
                earlier.note(reminder, id, write.now());
                continue;
            }
            let facts_of_email =
                EmailFacts::without_account(facts.is_away(id), facts.wish(&member.row));
            let skipped = if !sees(member, item.topic) {
                Some(DeliveryReason::NotVisible)
            } else if let Some(reason) = why_none(facts_of_email) {
                Some(reason)
            } else if facts
                .later(reminder)
                .any(|later| later.member_id == Some(id))
            {
                Some(DeliveryReason::TooLate)
            } else if earlier.was_reminded(&facts.parts, item, reminder, id) {
                Some(DeliveryReason::AlreadyReminded)
            } else {
                None
            };
            self.remind(write, reminder, id, skipped);
            if skipped.is_none() {
                earlier.note(reminder, id, write.now());
            }
        }
    }

    fn remind(
        &mut self,
        write: &CircleWrite,
        reminder: &reminder::Model,
        member: MemberId,
        skipped: Option<DeliveryReason>,
    ) {
        let (id, row) = delivery_of(write, reminder.id, member, skipped);
        if skipped.is_none() {
            self.queued.push(id);
            self.recipients.insert(member);
        }
        self.deliveries.push(row);
    }

    async fn write(self, write: &CircleWrite) -> Result<(), Problem> {
        write
            .insert_all::<delivery::Entity>(self.deliveries)
            .await?;
        let recipients: Vec<MemberId> = self.recipients.into_iter().collect();
        make_unsubscribe_tokens(write, &recipients).await?;
        let job = |delivery_id| MailReminder {
            circle_id: write.circle_id(),
            delivery_id,
        };
        let jobs: Vec<MailReminder> = self.queued.into_iter().map(job).collect();
        write.enqueue_all_at(&jobs, write.now()).await?;
        for (state, ids) in [
            (ReminderState::Fired, self.fired),
            (ReminderState::Canceled, self.canceled),
            (ReminderState::Expired, self.expired),
        ] {
            if ids.is_empty() {
                continue;
            }
            let these = Condition::all().add(Column::Id.is_in(ids));
            let values = vec![
                (Column::State, Expr::value(state)),
                (Column::Version, Expr::col(Column::Version).add(1)),
                (Column::UpdatedAt, Expr::value(write.now())),
            ];
            write.update_all::<reminder::Entity>(these, values).await?;
        }
        Ok(())
    }
}

/// The delivery of a reminder to a member, which is sent unless there is a reason to skip it.
pub(super) fn delivery_of(
    write: &CircleWrite,
    reminder: ReminderId,
    member: MemberId,
    skipped: Option<DeliveryReason>,
) -> (DeliveryId, delivery::ActiveModel) {
    let id: DeliveryId = write.new_id();
    let state = if skipped.is_some() {
        DeliveryState::Skipped
    } else {
        DeliveryState::Queued
    };
    let row = delivery::ActiveModel {
        id: Set(id),
        reminder_id: Set(reminder),
        member_id: Set(member),
        channel: Set(DeliveryChannel::Email),
        state: Set(state),
        reason: Set(skipped),
        attempts: Set(0),
        sent_at: Set(None),
        read_at: Set(None),
        ..Default::default()
    };
    (id, row)
}

/// Whether a later reminder replaces this one for all its members.
fn is_replaced(facts: &Facts, reminder: &reminder::Model) -> bool {
    let replaces = |later: &reminder::Model| {
        later.member_id.is_none() || later.member_id == reminder.member_id
    };
    facts.later(reminder).any(replaces)
}
