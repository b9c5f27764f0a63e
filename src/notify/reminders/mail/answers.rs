//! The answers that the letters of reminders ask for.

use std::collections::HashMap;

use crate::entity::delivery;
use crate::entity::ids::ReminderId;
use crate::entity::reminder;
use crate::notify::notifications::Answerable;
use crate::notify::reminders::facts::item_about;
use crate::notify::reminders::item::Item;
use crate::notify::subject::SubjectId;

/// For each delivery the answer of its member about its item.
pub(super) fn answers_of(
    waiting: &[&delivery::Model],
    reminders: &[reminder::Model],
    items: &HashMap<SubjectId, Item>,
) -> Vec<Answerable> {
    let by_id: HashMap<ReminderId, &reminder::Model> =
        reminders.iter().map(|row| (row.id, row)).collect();
    let answer = |delivery: &&delivery::Model| {
        let reminder = by_id.get(&delivery.reminder_id)?;
        let item = item_about(items, reminder).ok()?;
        Some(Answerable {
            member: delivery.member_id,
            about: item.id,
            moment: item.moment,
            last_day: item.last_day,
        })
    };
    waiting.iter().filter_map(answer).collect()
}
