//! Reminders that several people share: a contact gets one email for themselves and for the members
//! without an account, and it names them.

use super::LetterFacts;
use crate::entity::ids::MemberId;
use crate::entity::membership;
use crate::entity::reminder;
use crate::notify::reminders::item::Item;
use crate::notify::reminders::mail::contacts::in_words;
use crate::platform::language::Language;

impl LetterFacts {
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
        let is_read_by = |reader: &membership::Model| reader.id == contact;
        let theirs = concerned.filter(|member| self.contacts.of(member).is_some_and(is_read_by));
        theirs
            .filter(|member| self.takes_part(item, member.id).is_ok())
            .collect()
    }

    /// Whether the contact of a member gets this reminder in another email, which names the member.
    pub(super) fn is_in_another_email(
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
    pub(super) fn for_whom(
        &self,
        reminder: &reminder::Model,
        item: &Item,
        member: &membership::Model,
        language: Language,
    ) -> Option<String> {
        let contact = self.contacts.of(member);
        let reader = contact.map_or(member.id, |contact| contact.id);
        let mut members = self.sharing(reminder, item, reader);
        if contact.is_some() && members.iter().all(|other| other.id != member.id) {
            members.push(member);
        }
        in_words(contact.is_none(), &members, language)
    }
}
