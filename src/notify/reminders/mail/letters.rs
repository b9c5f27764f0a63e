//! Writes the letters of reminders. Everything is read again, and the number of statements does not
//! grow with the number of reminders or members, up to five hundred of each.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, QueryFilter};

use super::contacts::{Contacts, in_words};
use super::outcomes::{Endings, WAITING};
use super::words::which;
use crate::access::{CircleStep, CircleWrite, MemberLevels};
use crate::app::App;
use crate::auth::find_accounts;
use crate::entity::delivery::{self, DeliveryReason, DeliveryState};
use crate::entity::ids::{CircleId, DeliveryId, JobId, MemberId, ReminderId, UserId};
use crate::entity::mail_token;
use crate::entity::membership;
use crate::entity::notification_setting::{NotificationCategory, NotificationDelivery};
use crate::entity::reminder::{self, ReminderKind, ReminderState};
use crate::entity::user::{self, UserState};
use crate::notify::notifications::{People, link_of, unsubscribe_tokens};
use crate::notify::reminders::facts::{Facts, item_about, items_about, sees};
use crate::notify::reminders::item::Item;
use crate::notify::reminders::same_day::SENT;
use crate::notify::subject::SubjectId;
use crate::platform::mail::Reminder;
use crate::platform::time::civil::ReaderZone;
use crate::problem::Problem;

/// A delivery whose letter is to be written, and the job that asks for it.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub job: JobId,
    pub delivery: DeliveryId,
}

/// A letter and where it goes.
pub(super) struct Addressed {
    pub circle_id: CircleId,
    pub id: DeliveryId,
    pub to: String,
    pub letter: Reminder,
    /// Whether the send before this one had no answer.
    pub was_unknown: bool,
}

/// What is left to do for a job.
pub(super) enum Prepared {
    Letter(Box<Addressed>),
    /// Nothing: its delivery has ended, perhaps just now because the member needs no letter.
    Done,
    /// Its delivery does not exist.
    Gone,
}

/// A member who gets a letter, and the category of it.
type Told<'a> = (&'a MemberLevels, NotificationCategory);

/// Why there is nothing to send.
type Skip = (DeliveryState, DeliveryReason);

/// Writes the letters to the members who still need them, and ends the other deliveries.
pub(super) struct WriteLetters<'a> {
    pub app: &'a App,
}

impl CircleStep for WriteLetters<'_> {
    type Task = Asked;
    type Done = Vec<(JobId, Prepared)>;

    async fn step(
        &self,
        write: &mut CircleWrite,
        asked: &[Asked],
    ) -> Result<Vec<(JobId, Prepared)>, Problem> {
        let deliveries = write
            .find_in_circle::<delivery::Entity>()
            .filter(delivery::Column::Id.is_in(asked.iter().map(|one| one.delivery)))
            .all(write.tx())
            .await?;
        let deliveries: HashMap<DeliveryId, delivery::Model> =
            deliveries.into_iter().map(|row| (row.id, row)).collect();
        let waiting = deliveries
            .values()
            .filter(|row| WAITING.contains(&row.state));
        let waiting: Vec<&delivery::Model> = waiting.collect();
        // Read under the lock: a circle that has just fallen silent sends nothing that waits.
        let silence = write.scope().silence();
        let facts = if waiting.is_empty() || silence.is_some() {
            None
        } else {
            Some(LetterFacts::read(write, &waiting).await?)
        };
        let mut ends = Endings::default();
        let mut prepared = Vec::new();
        for one in asked {
            let Some(delivery) = deliveries.get(&one.delivery) else {
                prepared.push((one.job, Prepared::Gone));
                continue;
            };
            let written = if !WAITING.contains(&delivery.state) {
                prepared.push((one.job, Prepared::Done));
                continue;
            } else if let Some(facts) = &facts {
                facts.write_letter(self.app, write, delivery)?
            } else {
                skip(silence.unwrap_or(DeliveryReason::CircleEnding))
            };
            prepared.push((
                one.job,
                match written {
                    Ok(addressed) => Prepared::Letter(addressed),
                    Err(skip) => {
                        let (state, reason) = instead_of(delivery, skip);
                        ends.add(delivery.id, state, Some(reason));
                        Prepared::Done
                    }
                },
            ));
        }
        ends.record(write, 0).await?;
        Ok(prepared)
    }
}

fn skip<T>(reason: DeliveryReason) -> Result<T, Skip> {
    Err((DeliveryState::Skipped, reason))
}

/// An email that may have been sent is recorded in another way than a skip.
fn instead_of(delivery: &delivery::Model, skip: Skip) -> Skip {
    if delivery.state == DeliveryState::Unknown {
        (DeliveryState::Failed, DeliveryReason::ServerSilent)
    } else {
        skip
    }
}

/// What the letters of a circle are made of.
struct LetterFacts {
    reminders: HashMap<ReminderId, reminder::Model>,
    items: HashMap<SubjectId, Item>,
    facts: Facts,
    /// All active members, if one of the reminders says that something needs people.
    people: Option<People>,
    /// Which reminders were sent to whom, of those that replace others.
    sent: HashSet<(ReminderId, MemberId)>,
    users: HashMap<UserId, user::Model>,
    contacts: Contacts,
    tokens: HashMap<MemberId, mail_token::Model>,
    alias: String,
}

impl LetterFacts {
    async fn read(write: &CircleWrite, waiting: &[&delivery::Model]) -> Result<Self, Problem> {
        let ids = waiting.iter().map(|delivery| delivery.reminder_id);
        let reminders = write
            .find_in_circle::<reminder::Entity>()
            .filter(reminder::Column::Id.is_in(ids.collect::<HashSet<_>>()))
            .all(write.tx())
            .await?;
        let items = items_about(write, &reminders).await?;
        let facts = Facts::read(write, &items, &[]).await?;
        let later: HashSet<ReminderId> = reminders
            .iter()
            .flat_map(|reminder| facts.later(reminder))
            .map(|later| later.id)
            .collect();
        let recipients: HashSet<MemberId> =
            waiting.iter().map(|delivery| delivery.member_id).collect();
        let members = reminders.iter().filter_map(|reminder| {
            let item = item_about(&items, reminder).ok()?;
            Some(facts.concerned(item, None))
        });
        let mut people = None;
        if reminders.iter().any(reminder::Model::is_of_gap) {
            people = Some(People::read(write).await?);
        }
        let could_claim = people.iter().flat_map(People::members);
        let members: Vec<&membership::Model> = members
            .flatten()
            .chain(could_claim)
            .map(|member| &member.row)
            .filter(|member| recipients.contains(&member.id))
            .collect();
        let contacts = Contacts::read(write, &members, &reminders).await?;
        let accounts: HashSet<UserId> = members
            .iter()
            .copied()
            .chain(contacts.members())
            .filter_map(|member| member.user_id)
            .collect();
        let users = find_accounts(accounts.into_iter().collect())
            .filter(user::Column::State.eq(UserState::Active))
            .all(write.tx())
            .await?;
        Ok(Self {
            sent: sent(write, later).await?,
            contacts,
            users: users.into_iter().map(|user| (user.id, user)).collect(),
            tokens: unsubscribe_tokens(write, recipients).await?,
            alias: write.circle().await?.alias,
            reminders: reminders.into_iter().map(|row| (row.id, row)).collect(),
            items,
            facts,
            people,
        })
    }

    /// Writes the letter, if the member still needs it.
    fn write_letter(
        &self,
        app: &App,
        write: &CircleWrite,
        delivery: &delivery::Model,
    ) -> Result<Result<Box<Addressed>, Skip>, Problem> {
        let reminder = self.reminders.get(&delivery.reminder_id);
        let reminder = reminder.ok_or(Problem::NotFound)?;
        let item = item_about(&self.items, reminder)?;
        if item.id.is_held(write.scope()) {
            return Ok(skip(DeliveryReason::CirclePaused));
        }
        if !item.is_on || item.schedule_version != reminder.schedule_version {
            return Ok(skip(DeliveryReason::NoLongerDue));
        }
        if reminder.not_after <= write.now() || self.is_superseded(reminder, delivery.member_id) {
            return Ok(Err((DeliveryState::Expired, DeliveryReason::TooLate)));
        }
        let (member, category) = match self.recipient(reminder, item, delivery.member_id) {
            Ok(recipient) => recipient,
            Err(reason) => return Ok(skip(reason)),
        };
        let Some(moment) = item.moment else {
            return Ok(skip(DeliveryReason::NotVisible));
        };
        let contact = self.contacts.of(&member.row);
        let is_in_another_email =
            |contact| self.is_in_another_email(reminder, item, &member.row, contact);
        if contact.is_some_and(is_in_another_email) {
            return Ok(skip(DeliveryReason::SameEmail));
        }
        let Some(user) = self.account_of(contact.unwrap_or(&member.row)) else {
            return Ok(skip(DeliveryReason::NoAccount));
        };
        let token = self.tokens.get(&member.row.id);
        let zone = ReaderZone::in_circle(&user.time_zone, write.scope().time_zone());
        Ok(Ok(Box::new(Addressed {
            circle_id: delivery.circle_id,
            id: delivery.id,
            letter: Reminder {
                when: moment.until_for_reader(item.last_day, zone),
                confirms: reminder.kind == ReminderKind::ClaimConfirmation,
                needs_people: reminder.is_of_gap(),
                which: which(reminder, moment, &user.time_zone, write.now()),
                unsubscribe: link_of(app, token, &[category])?,
                alias: self.alias.clone(),
                name: contact.unwrap_or(&member.row).name.clone(),
                for_whom: self.for_whom(reminder, item, &member.row),
            },
            to: user.email.clone(),
            was_unknown: delivery.state == DeliveryState::Unknown,
        })))
    }

    /// Who gets the letter of a member, or why nobody does.
    fn recipient(
        &self,
        reminder: &reminder::Model,
        item: &Item,
        member: MemberId,
    ) -> Result<Told<'_>, DeliveryReason> {
        if reminder.is_of_gap() {
            self.could_claim(item, member)
        } else {
            self.takes_part(item, member)
        }
    }

    /// A member who takes part in an item and is reminded of it, or why they are not.
    fn takes_part(&self, item: &Item, member: MemberId) -> Result<Told<'_>, DeliveryReason> {
        let mut concerned = self.facts.concerned(item, Some(member));
        let member = concerned.next().ok_or(DeliveryReason::Released)?;
        if !sees(member, item.topic) {
            return Err(DeliveryReason::NotVisible);
        }
        if self.facts.is_away(member.row.id) {
            return Err(DeliveryReason::Away);
        }
        if self.facts.wish(&member.row) == NotificationDelivery::Off {
            return Err(DeliveryReason::TurnedOff);
        }
        Ok((member, NotificationCategory::Reminders))
    }

    /// A member who is told that an item needs people, or why they are not.
    fn could_claim(&self, item: &Item, member: MemberId) -> Result<Told<'_>, DeliveryReason> {
        if item.is_uncovered != Some(true) {
            return Err(DeliveryReason::ClaimedAgain);
        }
        let people = self.people.as_ref();
        let known = people.and_then(|people| Some((people, people.member(member)?)));
        let (people, member) = known.ok_or(DeliveryReason::NotVisible)?;
        if !sees(member, item.topic) {
            return Err(DeliveryReason::NotVisible);
        }
        if people.is_away(member.row.id) {
            return Err(DeliveryReason::Away);
        }
        let category = people.gap_category(member);
        Ok((member, category.ok_or(DeliveryReason::TurnedOff)?))
    }

    /// The account to which a member's emails go, if it is active.
    fn account_of(&self, member: &membership::Model) -> Option<&user::Model> {
        self.users.get(&member.user_id?)
    }

    /// The members without an account whose contact gets this reminder for them, the first of whom
    /// stands for all. A reminder of one member alone is shared with nobody, and of what needs
    /// people each contact is told once already.
    fn sharing(
        &self,
        reminder: &reminder::Model,
        item: &Item,
        contact: MemberId,
    ) -> Vec<&membership::Model> {
        if reminder.is_of_gap() || reminder.member_id.is_some() {
            return Vec::new();
        }
        let concerned = self.facts.concerned(item, None).map(|member| &member.row);
        let theirs = concerned.filter(|member| member.is_managed());
        let theirs = theirs.filter(|member| member.contact_member_id == Some(contact));
        theirs
            .filter(|member| self.takes_part(item, member.id).is_ok())
            .collect()
    }

    /// Whether the contact of a member gets this reminder in another email, which names the member.
    fn is_in_another_email(
        &self,
        reminder: &reminder::Model,
        item: &Item,
        member: &membership::Model,
        contact: &membership::Model,
    ) -> bool {
        let gets = |id: MemberId| {
            id != member.id
                && self.contacts.has_own(reminder.id, id)
                && self.recipient(reminder, item, id).is_ok()
                && !self.is_superseded(reminder, id)
        };
        let sharing = self.sharing(reminder, item, contact.id);
        let before = sharing.iter().take_while(|other| other.id != member.id);
        gets(contact.id) || before.into_iter().any(|other| gets(other.id))
    }

    /// For whom the letter is, if it is not for the reader alone.
    fn for_whom(
        &self,
        reminder: &reminder::Model,
        item: &Item,
        member: &membership::Model,
    ) -> Option<String> {
        let contact = self.contacts.of(member);
        let reader = contact.map_or(member.id, |contact| contact.id);
        let mut members = self.sharing(reminder, item, reader);
        if contact.is_some() && members.iter().all(|other| other.id != member.id) {
            members.push(member);
        }
        in_words(contact.is_none(), &members)
    }

    /// Whether a later reminder replaces this one for a member: its email is sent or queued, or is
    /// about to be queued.
    fn is_superseded(&self, reminder: &reminder::Model, member: MemberId) -> bool {
        let is_for_them =
            |later: &&reminder::Model| later.member_id.is_none_or(|only| only == member);
        let mut later = self.facts.later(reminder).filter(is_for_them);
        later.any(|later| {
            later.state == ReminderState::Planned || self.sent.contains(&(later.id, member))
        })
    }
}

/// To whom these reminders were sent.
async fn sent(
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
