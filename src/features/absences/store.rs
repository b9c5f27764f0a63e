//! Absences as their reader sees them.

use sea_orm::{Iterable, QuerySelect, QueryTrait, Select};

use super::rules::{AbsenceFacts, AbsenceVerb};
use super::types::Absence;
use crate::access::{CircleScope, Verb, seen_of};
use crate::entity::absence::{self, Column};
use crate::entity::membership;
use crate::platform::time::civil::Day;

/// Adds to absences the member who is away.
pub(super) fn with_member(
    scope: &CircleScope,
    mut rows: Select<absence::Entity>,
) -> Select<absence::Entity> {
    let member = seen_of::<absence::Entity, membership::Entity>(
        scope,
        Column::MemberId,
        membership::Column::Id,
    );
    QueryTrait::query(&mut rows).inner_join(membership::Entity, member);
    rows.columns(membership::Column::iter())
}

/// An absence as the reader sees it.
pub(super) fn assemble(
    scope: &CircleScope,
    row: absence::Model,
    member: &membership::Model,
) -> Absence {
    let facts = AbsenceFacts {
        scope,
        absence: &row,
        member,
    };
    let sees_note = facts.sees_note();
    Absence {
        actions: AbsenceVerb::actions(&facts),
        name: member.name.clone(),
        id: row.id,
        circle_id: row.circle_id,
        version: row.version,
        member_id: row.member_id,
        from_on: Day(row.from_on),
        until_on: row.until_on.map(Day),
        note: row.note.filter(|_| sees_note),
        state: row.state,
        affected: None,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}
