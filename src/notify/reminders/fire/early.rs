//! Sends reminders before the quiet hours of the people who get them: those that would come too late
//! at the end of these hours. Without it they would wake people, because such a reminder is sent at
//! once when it is due.
//!
//! An account says when to look for them (`quiet_check_at`). The reminder stays planned for the other
//! members, and remembers that somebody has it already.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::in_circle::delivery_of;
use crate::access::{CircleStep, CircleWrite, MemberLevels, count_done, in_circles};
use crate::app::App;
use crate::auth::AccountScope;
use crate::entity::delivery::{self, DeliveryReason};
use crate::entity::ids::{CircleId, DeliveryId, MemberId, ReminderId, UserId};
use crate::entity::membership::{self, MemberState};
use crate::entity::notification_setting::NotificationDelivery;
use crate::entity::reminder::{self, Column, ReminderState};
use crate::entity::user::{self, UserState};
use crate::notify::may_send::{EmailFacts, Matter, MaySend, Person, may_send, why_none};
use crate::notify::notifications::{make_unsubscribe_tokens, standing_in_for};
use crate::notify::reminders::facts::{Facts, item_about, items_about, sees};
use crate::notify::reminders::item::Item;
use crate::notify::reminders::mail::MailReminder;
use crate::notify::subject::SubjectId;
use crate::platform::db::{ReadRows, Transaction};
use crate::problem::Problem;
use crate::schedule::QuietHours;

/// How many accounts have their turn at once.
const AT_ONCE: u64 = 100;

/// Sends what would come too late after the quiet hours that begin soon, and returns how many emails
/// these are. It runs every minute; accounts are looked at a quarter of an hour before their quiet
/// hours.
pub async fn send_before_quiet_hours(app: &App) -> Result<usize, Problem> {
    let now = app.clock().at(app.reader()).await?;
    let mut sent = 0;
    loop {
        let accounts = find_accounts(app, now).await?;
        if accounts.is_empty() {
            return Ok(sent);
        }
        let mut work: BTreeMap<CircleId, Vec<BeforeQuiet>> = BTreeMap::new();
        for member in find_members(app, accounts.keys().copied().collect()).await? {
            let account = member.user_id.and_then(|id| accounts.get(&id));
            if let Some(before) = account.and_then(|account| BeforeQuiet::of(account, member.id)) {
                work.entry(member.circle_id).or_default().push(before);
            }
        }
        let ends = in_circles(app, &SendEarly, work.into_iter().collect()).await;
        // What fails is sent when it is due.
        sent += count_done(ends, "send reminders before quiet hours");
        look_again(app, accounts.values(), now).await?;
    }
}

/// The accounts whose quiet hours begin soon.
#[expect(
    clippy::disallowed_methods,
    reason = "looks over all accounts; nothing of them is shown"
)]
async fn find_accounts(
    app: &App,
    now: DateTime<Utc>,
) -> Result<HashMap<UserId, user::Model>, Problem> {
    let accounts = user::Entity::find()
        .filter(user::Column::QuietCheckAt.lte(now))
        .order_by_asc(user::Column::QuietCheckAt)
        .limit(AT_ONCE)
        .read(app.reader())
        .await?;
    let by_id = |account: user::Model| (account.id, account);
    Ok(accounts.into_iter().map(by_id).collect())
}

/// Their active memberships.
#[expect(
    clippy::disallowed_methods,
    reason = "looks over all circles; each is entered through its own scope"
)]
async fn find_members(app: &App, accounts: Vec<UserId>) -> Result<Vec<membership::Model>, Problem> {
    let members = membership::Entity::find()
        .filter(membership::Column::UserId.is_in(accounts))
        .filter(membership::Column::State.eq(MemberState::Active))
        .read(app.reader())
        .await?;
    Ok(members)
}

/// Writes when these accounts have their turn again. An account whose quiet hours have changed
/// meanwhile keeps its new time.
async fn look_again(
    app: &App,
    accounts: impl Iterator<Item = &user::Model>,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    let transaction = Transaction::begin(app).await?;
    for account in accounts {
        let row = user::ActiveModel {
            quiet_check_at: Set(QuietHours::next_check(account, now)),
            ..Default::default()
        };
        let unchanged = user::Column::QuietCheckAt.eq(account.quiet_check_at);
        AccountScope::of(account.id).update_all_later::<user::Entity>(&transaction, row, unchanged);
    }
    transaction.commit_without_replay().await?;
    Ok(())
}

/// A member who has quiet hours soon.
struct BeforeQuiet {
    member: MemberId,
    account: user::Model,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

impl BeforeQuiet {
    fn of(account: &user::Model, member: MemberId) -> Option<Self> {
        if account.state != UserState::Active {
            return None;
        }
        let hours = QuietHours::of(account)?;
        let (from, until) = hours.next_after(account.quiet_check_at?, &account.time_zone)?;
        Some(Self {
            member,
            account: account.clone(),
            from,
            until,
        })
    }

    /// Whether a reminder is due in these quiet hours and would come too late at their end.
    fn misses(&self, reminder: &reminder::Model) -> bool {
        let person = Person {
            account: &self.account,
            is_away: false,
            wish: NotificationDelivery::Email,
        };
        let matter = Matter {
            since: reminder.fire_at,
            begins_at: Some(reminder.not_after),
            needs_somebody: false,
        };
        let is_in_them = self.from <= reminder.fire_at && reminder.fire_at < self.until;
        is_in_them && may_send(person, matter, reminder.fire_at) == MaySend::Now
    }
}

/// Makes the deliveries of what members would miss, and returns how many are sent.
struct SendEarly;

impl CircleStep for SendEarly {
    type Task = BeforeQuiet;
    type Done = usize;

    async fn step(
        &self,
        write: &mut CircleWrite,
        members: &[BeforeQuiet],
    ) -> Result<usize, Problem> {
        let from = members.iter().map(|before| before.from).min();
        let until = members.iter().map(|before| before.until).max();
        let (Some(from), Some(until)) = (from, until) else {
            return Ok(0);
        };
        if write.scope().silence().is_some() {
            return Ok(0);
        }
        let mut planned = write
            .find_in_circle::<reminder::Entity>()
            .filter(Column::State.eq(ReminderState::Planned))
            .filter(Column::FireAt.gte(from))
            .filter(Column::FireAt.lt(until))
            .all(write.tx())
            .await?;
        // Sorted here: for the order SQLite would take an index of all circles.
        planned.sort_by_key(|row| (row.fire_at, row.id));
        planned.retain(|row| !row.is_of_gap() && members.iter().any(|before| before.misses(row)));
        if planned.is_empty() {
            return Ok(0);
        }
        let items = items_about(write, &planned).await?;
        let facts = Facts::read(write, &items, &[]).await?;
        let had_already = sent_early(write, &planned).await?;
        let readers = readers_for(write, &planned, &items, &facts).await?;
        let mut early = Early::default();
        for reminder in &planned {
            let item = item_about(&items, reminder)?;
            let is_current = item.schedule_version == reminder.schedule_version;
            if !item.is_on || !is_current || item.id.is_held(write.scope()) {
                continue;
            }
            for member in facts.concerned(item, reminder.member_id) {
                let id = member.row.id;
                let reader = reader_of(member, &readers);
                let quiet = members.iter().find(|before| before.member == reader);
                let misses = quiet.is_some_and(|before| before.misses(reminder));
                let facts_of_email =
                    EmailFacts::without_account(facts.is_away(id), facts.wish(&member.row));
                let is_wanted = misses
                    && !had_already.contains(&(reminder.id, id))
                    && sees(member, item.topic)
                    && why_none(facts_of_email).is_none();
                if is_wanted {
                    early.add(write, item.id, reminder.id, id);
                }
            }
        }
        early.write(write).await
    }
}

/// Who reads the emails to the contacts of members without an account, of those whom these reminders
/// concern: the contact, or who stands in.
async fn readers_for(
    write: &CircleWrite,
    reminders: &[reminder::Model],
    items: &HashMap<SubjectId, Item>,
    facts: &Facts,
) -> Result<HashMap<MemberId, membership::Model>, Problem> {
    let about = reminders
        .iter()
        .filter_map(|row| item_about(items, row).ok());
    let concerned = about.flat_map(|item| facts.concerned(item, None));
    let managed = concerned.filter(|member| member.row.is_managed());
    let contacts: BTreeSet<MemberId> = managed
        .filter_map(|member| member.row.contact_member_id)
        .collect();
    standing_in_for(write, &contacts).await
}

/// Whose quiet hours count for the emails of a member: their own, or those of who reads the emails
/// for them.
fn reader_of(member: &MemberLevels, readers: &HashMap<MemberId, membership::Model>) -> MemberId {
    let row = &member.row;
    let contact = row.contact_member_id.filter(|_| row.is_managed());
    let reader = contact.and_then(|contact| readers.get(&contact));
    reader.map_or(row.id, |reader| reader.id)
}

/// What is sent early in a circle.
#[derive(Default)]
struct Early {
    deliveries: Vec<delivery::ActiveModel>,
    queued: Vec<DeliveryId>,
    reminders: HashSet<ReminderId>,
    /// Who is told of what. One email a night about a thing is enough.
    told: HashSet<(SubjectId, MemberId)>,
}

impl Early {
    fn add(
        &mut self,
        write: &CircleWrite,
        item: SubjectId,
        reminder: ReminderId,
        member: MemberId,
    ) {
        let is_first = self.told.insert((item, member));
        let skipped = (!is_first).then_some(DeliveryReason::AlreadyReminded);
        let (id, row) = delivery_of(write, reminder, member, skipped);
        if is_first {
            self.queued.push(id);
        }
        self.deliveries.push(row);
        self.reminders.insert(reminder);
    }

    async fn write(self, write: &CircleWrite) -> Result<usize, Problem> {
        if self.deliveries.is_empty() {
            return Ok(0);
        }
        write
            .insert_all::<delivery::Entity>(self.deliveries)
            .await?;
        let mut members: Vec<MemberId> = self.told.into_iter().map(|(_, member)| member).collect();
        members.sort_unstable();
        members.dedup();
        make_unsubscribe_tokens(write, &members).await?;
        let these = Condition::all().add(Column::Id.is_in(self.reminders));
        let values = vec![
            (Column::SentEarly, Expr::value(true)),
            (Column::Version, Expr::col(Column::Version).add(1)),
            (Column::UpdatedAt, Expr::value(write.now())),
        ];
        write.update_all::<reminder::Entity>(these, values).await?;
        let job = |delivery_id| MailReminder {
            circle_id: write.circle_id(),
            delivery_id,
        };
        let jobs: Vec<MailReminder> = self.queued.into_iter().map(job).collect();
        write.enqueue_all_at(&jobs, write.now()).await?;
        Ok(jobs.len())
    }
}

/// Who has which of these reminders already, because it was sent before their quiet hours.
pub(super) async fn sent_early(
    write: &CircleWrite,
    reminders: &[reminder::Model],
) -> Result<HashSet<(ReminderId, MemberId)>, Problem> {
    let early = reminders.iter().filter(|reminder| reminder.sent_early);
    let early: Vec<ReminderId> = early.map(|reminder| reminder.id).collect();
    if early.is_empty() {
        return Ok(HashSet::new());
    }
    let deliveries = write
        .find_in_circle::<delivery::Entity>()
        .filter(delivery::Column::ReminderId.is_in(early))
        .all(write.tx())
        .await?;
    let key = |row: delivery::Model| (row.reminder_id, row.member_id);
    Ok(deliveries.into_iter().map(key).collect())
}
