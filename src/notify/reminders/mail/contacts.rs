//! The contacts of members without an account: they get the reminders of these members. Who is
//! reminded of the same for themselves gets one email, and it names both.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, QueryFilter};

use super::outcomes::WAITING;
use crate::access::CircleWrite;
use crate::entity::delivery;
use crate::entity::ids::{MemberId, ReminderId};
use crate::entity::membership::{self, MemberState};
use crate::entity::reminder;
use crate::notify::reminders::same_day::SENT;
use crate::platform::mail::plain_label;
use crate::problem::Problem;

/// The contacts of the recipients of some reminders.
#[derive(Default)]
pub(super) struct Contacts {
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
        let ids: HashSet<MemberId> = managed.filter_map(|row| row.contact_member_id).collect();
        if ids.is_empty() {
            return Ok(Self::default());
        }
        let contacts = write
            .find_in_circle::<membership::Entity>()
            .filter(membership::Column::Id.is_in(ids))
            .filter(membership::Column::State.eq(MemberState::Active))
            .all(write.tx())
            .await?;
        let reminders = reminders.iter().map(|reminder| reminder.id);
        let states = WAITING.into_iter().chain(SENT);
        let own = write
            .find_in_circle::<delivery::Entity>()
            .filter(delivery::Column::ReminderId.is_in(reminders))
            .filter(delivery::Column::State.is_in(states))
            .all(write.tx())
            .await?;
        Ok(Self {
            members: contacts.into_iter().map(|row| (row.id, row)).collect(),
            own: own
                .iter()
                .map(|row| (row.reminder_id, row.member_id))
                .collect(),
        })
    }

    /// The contacts.
    pub(super) fn members(&self) -> impl Iterator<Item = &membership::Model> {
        self.members.values()
    }

    /// The contact of a member without an account.
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
pub(super) fn in_words(for_reader: bool, members: &[&membership::Model]) -> Option<String> {
    let (last, others) = members.split_last()?;
    let label = |member: &membership::Model| plain_label(&member.name, "somebody");
    let reader = for_reader.then(|| "you".to_owned());
    let others = others.iter().map(|member| label(member));
    let others: Vec<String> = reader.into_iter().chain(others).collect();
    let last = label(last);
    Some(if others.is_empty() {
        last
    } else {
        format!("{} and {last}", others.join(", "))
    })
}
