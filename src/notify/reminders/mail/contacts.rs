//! The contacts of members without an account: they get the reminders of these members, or who stands
//! in for a contact who cannot be reached. Who is reminded of the same for themselves gets one email,
//! and it names both.

use std::collections::{BTreeSet, HashMap, HashSet};

use sea_orm::{ColumnTrait, QueryFilter};

use super::outcomes::WAITING;
use crate::access::CircleWrite;
use crate::entity::delivery;
use crate::entity::ids::{MemberId, ReminderId};
use crate::entity::membership;
use crate::entity::reminder;
use crate::notify::notifications::standing_in_for;
use crate::notify::reminders::same_day::SENT;
use crate::platform::language::Language;
use crate::platform::mail::plain_label;
use crate::problem::Problem;

/// The contacts of the members whom some reminders concern.
#[derive(Default)]
pub(super) struct Contacts {
    /// For each contact who gets the emails: the contact, or who stands in.
    members: HashMap<MemberId, membership::Model>,
    /// Who gets an email of their own of which reminder.
    own: HashSet<(ReminderId, MemberId)>,
}

impl Contacts {
    /// Reads the contacts of those members who have no account. Nothing is read if all have one.
    pub(super) async fn read(
        write: &CircleWrite,
        members: &[&membership::Model],
        reminders: &[reminder::Model],
    ) -> Result<Self, Problem> {
        let managed = members.iter().filter(|member| member.is_managed());
        let ids: BTreeSet<MemberId> = managed.filter_map(|row| row.contact_member_id).collect();
        if ids.is_empty() {
            return Ok(Self::default());
        }
        let reminders = reminders.iter().map(|reminder| reminder.id);
        let states = WAITING.into_iter().chain(SENT);
        let own = write
            .find_in_circle::<delivery::Entity>()
            .filter(delivery::Column::ReminderId.is_in(reminders))
            .filter(delivery::Column::State.is_in(states))
            .all(write.tx())
            .await?;
        Ok(Self {
            members: standing_in_for(write, &ids).await?,
            own: own
                .iter()
                .map(|row| (row.reminder_id, row.member_id))
                .collect(),
        })
    }

    /// Who gets emails for others.
    pub(super) fn members(&self) -> impl Iterator<Item = &membership::Model> {
        self.members.values()
    }

    /// Who gets the emails of a member without an account.
    pub(super) fn of(&self, member: &membership::Model) -> Option<&membership::Model> {
        let contact = member.contact_member_id.filter(|_| member.is_managed())?;
        self.members.get(&contact)
    }

    /// Whether a member gets an email of their own of a reminder.
    pub(super) fn has_own(&self, reminder: ReminderId, member: MemberId) -> bool {
        self.own.contains(&(reminder, member))
    }
}

/// For whom a letter is, in words: for the reader too, or only for these members. None if it is for
/// the reader alone.
pub(super) fn in_words(
    for_reader: bool,
    members: &[&membership::Model],
    language: Language,
) -> Option<String> {
    if members.is_empty() {
        return None;
    }
    let somebody = language.say("somebody-after-for").to_string();
    let reader = for_reader.then(|| language.say("list-you").to_string());
    let others = members.iter();
    let others = others.map(|member| plain_label(&member.name, &somebody));
    Some(language.list(reader.into_iter().chain(others).collect()))
}
