//! Writes the letters of reminders. Everything is read again, and the number of statements does not
//! grow with the number of reminders or members, up to five hundred of each.

mod sharing;
mod waits;

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, QueryFilter};

use self::waits::{Waiting, sent};
use super::answers::answers_of;
use super::contacts::Contacts;
use super::outcomes::{Endings, Skip, WAITING, instead_of, skipped};
use super::words::which;
use crate::access::{CircleStep, CircleWrite, MemberLevels, levels_of};
use crate::app::App;
use crate::auth::find_accounts;
use crate::entity::circle;
use crate::entity::delivery::{self, DeliveryReason, DeliveryState};
use crate::entity::ids::{CircleId, DeliveryId, JobId, MemberId, ReminderId, UserId};
use crate::entity::mail_token;
use crate::entity::membership;
use crate::entity::notification_setting::NotificationCategory;
use crate::entity::reminder::{self, ReminderKind};
use crate::entity::user::{self, UserState};
use crate::notify::details::said_of;
use crate::notify::may_send::{EmailFacts, Person, why_none};
use crate::notify::notifications::{People, RespondLinks, link_of, unsubscribe_tokens};
use crate::notify::reminders::facts::{Facts, item_about, items_about, sees};
use crate::notify::reminders::item::Item;
use crate::notify::subject::SubjectId;
use crate::platform::language::Language;
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
    /// Nothing: its delivery has ended, perhaps just now because the member needs no letter, or
    /// another job sends it later.
    Done,
    /// Its delivery does not exist.
    Gone,
}

/// A member who gets a letter, and the category of it.
type Told<'a> = (&'a MemberLevels, NotificationCategory);

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
        let unsent = deliveries
            .values()
            .filter(|row| WAITING.contains(&row.state));
        let unsent: Vec<&delivery::Model> = unsent.collect();
        // Read under the lock: a circle that has just fallen silent sends nothing that waits.
        let silence = write.scope().silence();
        let facts = if unsent.is_empty() || silence.is_some() {
            None
        } else {
            Some(LetterFacts::read(write, &unsent).await?)
        };
        let mut ends = Endings::default();
        let mut waiting = Waiting::default();
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
            let waits = match (&facts, &written) {
                (Some(facts), Ok(_)) => facts.waits(write, delivery)?,
                _ => None,
            };
            if let Some((at, reason)) = waits {
                ends.add(delivery.id, DeliveryState::Queued, Some(reason));
                waiting.add(delivery.id, at);
                prepared.push((one.job, Prepared::Done));
                continue;
            }
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
        waiting.enqueue(write).await?;
        Ok(prepared)
    }
}

fn skip<T>(reason: DeliveryReason) -> Result<T, Skip> {
    Err(skipped(reason))
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
    /// What these contacts see for themselves.
    readers: HashMap<MemberId, MemberLevels>,
    tokens: HashMap<MemberId, mail_token::Model>,
    respond: RespondLinks,
    circle: circle::Model,
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
        let members = members.flatten().chain(could_claim);
        let members: Vec<&membership::Model> = members.map(|member| &member.row).collect();
        let contacts = Contacts::read(write, &members, &reminders).await?;
        let recipient = |member: &&membership::Model| recipients.contains(&member.id);
        let accounts: HashSet<UserId> = members
            .iter()
            .copied()
            .filter(recipient)
            .chain(contacts.members())
            .filter_map(|member| member.user_id)
            .collect();
        let reading: Vec<MemberId> = contacts.members().map(|member| member.id).collect();
        let readers = levels_of(write, &reading).await?;
        let users = find_accounts(accounts.into_iter().collect())
            .filter(user::Column::State.eq(UserState::Active))
            .all(write.tx())
            .await?;
        Ok(Self {
            sent: sent(write, later).await?,
            contacts,
            readers: readers.into_iter().map(|one| (one.row.id, one)).collect(),
            users: users.into_iter().map(|user| (user.id, user)).collect(),
            tokens: unsubscribe_tokens(write, recipients).await?,
            respond: RespondLinks::read(write, &answers_of(waiting, &reminders, &items)).await?,
            circle: write.circle().await?,
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
        let reader = contact.unwrap_or(&member.row);
        let Some(user) = self.account_of(reader) else {
            return Ok(skip(DeliveryReason::NoAccount));
        };
        // What the reader sees.
        let levels = match contact {
            Some(contact) => self.readers.get(&contact.id),
            None => Some(member),
        };
        let token = self.tokens.get(&member.row.id);
        let language = Language::first_of([user.locale.as_deref(), self.circle.locale.as_deref()]);
        let zone = ReaderZone::in_circle(&user.time_zone, write.scope().time_zone());
        let zone = zone.in_language(language);
        Ok(Ok(Box::new(Addressed {
            circle_id: delivery.circle_id,
            id: delivery.id,
            letter: Reminder {
                language,
                when: moment.until_for_reader(item.last_day, zone),
                confirms: reminder.kind == ReminderKind::ClaimConfirmation,
                needs_people: reminder.is_of_gap(),
                respond: self
                    .respond
                    .of(app, member.row.id, item.id)
                    .map(|link| language.in_link(link)),
                which: which(reminder, moment, (&user.time_zone, language), write.now()),
                unsubscribe: link_of(app, token, &[category])?,
                about: levels.and_then(|levels| {
                    said_of(
                        &item.details,
                        Some(item.topic),
                        &self.circle,
                        levels,
                        language,
                    )
                }),
                alias: self.circle.alias.clone(),
                name: reader.name.clone(),
                for_whom: self.for_whom(reminder, item, &member.row, language),
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
        match why_none(self.email_facts(member)) {
            Some(reason) => Err(reason),
            None => Ok((member, NotificationCategory::Reminders)),
        }
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
        if let Some(category) = people.gap_category(member) {
            return Ok((member, category));
        }
        let why = people.why_no_email(member, NotificationCategory::Gaps);
        Err(why.unwrap_or(DeliveryReason::TurnedOff))
    }

    /// Whether reminders reach a member, or who gets them for the member.
    fn email_facts(&self, member: &MemberLevels) -> EmailFacts {
        let is_away = self.facts.is_away(member.row.id);
        let wish = self.facts.wish(&member.row);
        let reader = self.contacts.of(&member.row).unwrap_or(&member.row);
        match self.account_of(reader) {
            Some(account) => Person {
                account,
                is_away,
                wish,
            }
            .email_facts(),
            None => EmailFacts {
                has_account: false,
                ..EmailFacts::without_account(is_away, wish)
            },
        }
    }

    /// The account to which a member's emails go, if it is active.
    fn account_of(&self, member: &membership::Model) -> Option<&user::Model> {
        self.users.get(&member.user_id?)
    }
}
