//! Agenda items, as their reader sees them.

use super::rules::{AgendaItemFacts, AgendaItemVerb};
use super::types::MeetingAgendaItem;
use crate::access::{CircleScope, Verb};
use crate::entity::agenda_item;
use crate::entity::topic_grant::Topic;
use crate::platform::text::excerpt::{Detail, Texts};

/// An agenda item as the reader sees it. `topic` is that of its meeting.
pub(in crate::features::appointments) fn describe(
    scope: &CircleScope,
    topic: Topic,
    row: agenda_item::Model,
    detail: Detail,
) -> MeetingAgendaItem {
    let mut texts = Texts::new(detail);
    let facts = AgendaItemFacts {
        scope,
        item: &row,
        topic,
    };
    MeetingAgendaItem {
        actions: AgendaItemVerb::actions(&facts),
        id: row.id,
        circle_id: row.circle_id,
        version: row.version,
        appointment_id: row.appointment_id,
        title: row.title,
        position: row.position,
        notes: texts.show("notes", row.notes),
        outcome: texts.show("outcome", row.outcome),
        truncated_fields: texts.truncated(),
        state: row.state,
        created_at: row.created_at,
        created_by_member_id: row.created_by_member_id,
        updated_at: row.updated_at,
    }
}
