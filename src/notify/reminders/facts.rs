//! What decides about reminders of one circle: the things they are about, whom these concern, and
//! what these members see and want. It is read when reminders fire, and again when their emails are
//! written: a member who released the item meanwhile is not reminded.
//!
//! The number of statements does not grow with the number of reminders or members, up to five
//! hundred of each.

use std::collections::HashMap;

use super::item::Item;
use super::parts::{PartKey, PartStatus, part_statuses};
use crate::access::{Absences, CircleWrite, MemberLevels, levels_of};
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, MemberState};
use crate::entity::notification_setting::{NotificationCategory, NotificationDelivery};
use crate::entity::reminder::{self, ReminderState};
use crate::entity::topic_grant::Topic;
use crate::notify::notifications::{Choices, choices_of_all, delivery_or_default};
use crate::notify::subject::{SubjectId, items_of, reminders_of};
use crate::problem::Problem;

/// How many ids go into one query.
const AT_ONCE: usize = 500;

/// The items that these reminders are about, as they are now.
pub async fn items_about(
    write: &CircleWrite,
    reminders: &[reminder::Model],
) -> Result<HashMap<SubjectId, Item>, Problem> {
    let items = items_of(write, &subjects_of(reminders)).await?;
    Ok(items.into_iter().map(|item| (item.id, item)).collect())
}

/// The item of a reminder. A row without one is a fault of Kith: the database deletes reminders
/// with what they are about.
pub fn item_about<'a>(
    items: &'a HashMap<SubjectId, Item>,
    reminder: &reminder::Model,
) -> Result<&'a Item, Problem> {
    SubjectId::of_reminder(reminder)
        .and_then(|id| items.get(&id))
        .ok_or_else(|| Problem::internal(anyhow::anyhow!("a reminder of nothing: {}", reminder.id)))
}

/// What decides about reminders.
pub struct Facts {
    /// The reminders of each item that are due by now and still of use, planned or fired.
    due: HashMap<SubjectId, Vec<reminder::Model>>,
    pub parts: HashMap<PartKey, PartStatus>,
    concerned: HashMap<SubjectId, Vec<MemberId>>,
    members: HashMap<MemberId, MemberLevels>,
    choices: HashMap<MemberId, Choices>,
    absences: Absences,
}

impl Facts {
    /// Reads what decides about reminders of these items. `with_parts_in` are other items whose
    /// parts matter.
    pub async fn read(
        write: &CircleWrite,
        items: &HashMap<SubjectId, Item>,
        with_parts_in: &[SubjectId],
    ) -> Result<Self, Problem> {
        let ids: Vec<SubjectId> = items.keys().copied().collect();
        let mut of_parts: Vec<SubjectId> = ids.iter().chain(with_parts_in).copied().collect();
        of_parts.sort_unstable();
        of_parts.dedup();
        let parts = part_statuses(write, &of_parts).await?;
        let mut concerned: HashMap<SubjectId, Vec<MemberId>> = HashMap::new();
        for (item, member) in parts.keys().filter(|(item, _)| items.contains_key(item)) {
            concerned.entry(*item).or_default().push(*member);
        }
        let mut takers: Vec<MemberId> = Vec::new();
        for members in concerned.values_mut() {
            members.sort_unstable();
            takers.extend(members.iter());
        }
        takers.sort_unstable();
        takers.dedup();
        let mut members = HashMap::new();
        for some in takers.chunks(AT_ONCE) {
            let levels = levels_of(write, some).await?;
            members.extend(levels.into_iter().map(|member| (member.row.id, member)));
        }
        let choices = if members.is_empty() {
            HashMap::new()
        } else {
            choices_of_all(write.tx(), write.circle_id()).await?
        };
        Ok(Self {
            due: due_by_now(write, &ids).await?,
            parts,
            concerned,
            members,
            choices,
            absences: Absences::of(write, &takers).await?,
        })
    }

    /// The members whom an item concerns now. With `only`, just that member if it concerns them.
    pub fn concerned(
        &self,
        item: &Item,
        only: Option<MemberId>,
    ) -> impl Iterator<Item = &MemberLevels> {
        let members = self.concerned.get(&item.id).into_iter().flatten();
        let these = members.filter(move |member| only.is_none_or(|only| only == **member));
        these.filter_map(|member| self.members.get(member))
    }

    /// Whether a member is away now.
    pub fn is_away(&self, member: MemberId) -> bool {
        self.absences.is_away(member)
    }

    /// How a member wants to be reminded.
    pub fn wish(&self, member: &membership::Model) -> NotificationDelivery {
        let none = Choices::new();
        let chosen = self.choices.get(&member.id).unwrap_or(&none);
        delivery_or_default(chosen, NotificationCategory::Reminders, member.access)
    }

    /// The reminders of the same item that fire after this one, are due by now, and are planned or
    /// have fired. If several reminders of one item are due at once, a member gets only the latest
    /// of them. So after an outage of this server or of the mail server nobody gets two in one
    /// second.
    pub fn later(&self, reminder: &reminder::Model) -> impl Iterator<Item = &reminder::Model> {
        let place = (reminder.fire_at, reminder.id);
        let version = reminder.schedule_version;
        let is_of_gap = reminder.is_of_gap();
        let item = SubjectId::of_reminder(reminder);
        let due = item.and_then(|item| self.due.get(&item));
        due.into_iter()
            .flatten()
            .filter(move |other| (other.fire_at, other.id) > place)
            // Another reminder goes to other members.
            .filter(move |other| other.is_of_gap() == is_of_gap)
            .filter(move |other| other.schedule_version == version)
    }
}

/// Whether a member sees a topic now.
pub fn sees(member: &MemberLevels, topic: Topic) -> bool {
    member.row.state == MemberState::Active && member.sees(Some(topic))
}

/// What these reminders are about, each once.
fn subjects_of(reminders: &[reminder::Model]) -> Vec<SubjectId> {
    let mut subjects: Vec<SubjectId> = reminders
        .iter()
        .filter_map(SubjectId::of_reminder)
        .collect();
    subjects.sort_unstable();
    subjects.dedup();
    subjects
}

/// The reminders of these items that are due by now and still of use, planned or fired.
async fn due_by_now(
    write: &CircleWrite,
    items: &[SubjectId],
) -> Result<HashMap<SubjectId, Vec<reminder::Model>>, Problem> {
    let now = write.now();
    let is_due = |row: &reminder::Model| {
        row.fire_at <= now
            && row.not_after > now
            && [ReminderState::Planned, ReminderState::Fired].contains(&row.state)
    };
    let mut due: HashMap<SubjectId, Vec<reminder::Model>> = HashMap::new();
    for row in reminders_of(write, items).await? {
        if let Some(item) = SubjectId::of_reminder(&row).filter(|_| is_due(&row)) {
            due.entry(item).or_default().push(row);
        }
    }
    Ok(due)
}
