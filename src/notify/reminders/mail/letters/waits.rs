//! Reminders that may not be sent yet: they wait for the end of quiet hours. And reminders that were
//! sent already.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, QueryFilter};

use super::LetterFacts;
use crate::access::CircleWrite;
use crate::entity::delivery::{self, DeliveryReason, DeliveryState};
use crate::entity::ids::{DeliveryId, MemberId, ReminderId};
use crate::entity::notification_setting::NotificationDelivery;
use crate::entity::reminder::{self, ReminderState};
use crate::notify::may_send::{Matter, MaySend, Person, may_send};
use crate::notify::reminders::facts::item_about;
use crate::notify::reminders::mail::MailReminder;
use crate::notify::reminders::same_day::SENT;
use crate::problem::Problem;

/// Deliveries by when they may be sent.
#[derive(Default)]
pub(super) struct Waiting(BTreeMap<DateTime<Utc>, Vec<DeliveryId>>);

impl Waiting {
    pub(super) fn add(&mut self, delivery: DeliveryId, at: DateTime<Utc>) {
        self.0.entry(at).or_default().push(delivery);
    }

    /// Lets other jobs send them then: one statement for each time, of which a circle has few.
    pub(super) async fn enqueue(self, write: &CircleWrite) -> Result<(), Problem> {
        for (at, deliveries) in self.0 {
            let job = |delivery_id| MailReminder {
                circle_id: write.circle_id(),
                delivery_id,
            };
            let jobs: Vec<MailReminder> = deliveries.into_iter().map(job).collect();
            write.enqueue_all_at(&jobs, at).await?;
        }
        Ok(())
    }
}

impl LetterFacts {
    /// Until when a letter has to wait, and why, if it may not be sent now. It is asked about letters
    /// that are still needed.
    pub(super) fn waits(
        &self,
        write: &CircleWrite,
        delivery: &delivery::Model,
    ) -> Result<Option<(DateTime<Utc>, DeliveryReason)>, Problem> {
        // The email may have been sent. Its second copy does not wait.
        if delivery.state == DeliveryState::Unknown {
            return Ok(None);
        }
        let reminder = self.reminders.get(&delivery.reminder_id);
        let reminder = reminder.ok_or(Problem::NotFound)?;
        let item = item_about(&self.items, reminder)?;
        let Ok((member, _)) = self.recipient(reminder, item, delivery.member_id) else {
            return Ok(None);
        };
        let reader = self.contacts.of(&member.row).unwrap_or(&member.row);
        let Some(account) = self.account_of(reader) else {
            return Ok(None);
        };
        // A reminder has its time, so no digest: who is reminded at all is decided before.
        let person = Person {
            account,
            is_away: false,
            wish: NotificationDelivery::Email,
        };
        let matter = Matter {
            since: reminder.fire_at,
            begins_at: Some(reminder.not_after),
            needs_somebody: reminder.is_of_gap(),
        };
        Ok(match may_send(person, matter, write.now()) {
            MaySend::Later(at, reason) => Some((at, reason)),
            MaySend::Now | MaySend::Never(_) => None,
        })
    }

    /// Whether a later reminder replaces this one for a member: its email is sent or queued, or is
    /// about to be queued.
    pub(super) fn is_superseded(&self, reminder: &reminder::Model, member: MemberId) -> bool {
        let is_for_them =
            |later: &&reminder::Model| later.member_id.is_none_or(|only| only == member);
        let mut later = self.facts.later(reminder).filter(is_for_them);
        later.any(|later| {
            later.state == ReminderState::Planned || self.sent.contains(&(later.id, member))
        })
    }
}

/// To whom these reminders were sent.
pub(super) async fn sent(
    write: &CircleWrite,
    reminders: HashSet<ReminderId>,
) -> Result<HashSet<(ReminderId, MemberId)>, Problem> {
    if reminders.is_empty() {
        return Ok(HashSet::new());
    }
    let sent = write
        .find_in_circle::<delivery::Entity>()
        .filter(delivery::Column::ReminderId.is_in(reminders))
        .filter(delivery::Column::State.is_in(SENT))
        .all(write.tx())
        .await?;
    let key = |row: delivery::Model| (row.reminder_id, row.member_id);
    Ok(sent.into_iter().map(key).collect())
}
