//! Handovers as their reader sees them.

use sea_orm::{ActiveValue::Set, IntoActiveModel, QuerySelect, QueryTrait, Select};

use super::item;
use super::rules::{HandoverFacts, HandoverVerb};
use super::types::Handover;
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Verb, in_circle_of, seen_of};
use crate::entity::handover::{self, Column, HandoverState};
use crate::entity::ids::MemberId;
use crate::entity::topic_grant::Topic;
use crate::entity::{membership, task};
use crate::notify::notifications::Notification;
use crate::problem::Problem;
use crate::row::Row;

/// What is read with a handover.
#[derive(Clone, Debug, Row)]
pub struct Shown {
    /// The name of the member who hands it over.
    pub name: Option<String>,
    /// The topic of the task, if it is one.
    pub topic: Option<Topic>,
}

impl Shown {
    /// The topic that the handover is about. Everybody sees a handover of a role.
    pub fn topic_of(&self, row: &handover::Model) -> Option<Topic> {
        self.topic.or(row.need_id.map(|_| Topic::Daily))
    }
}

/// Adds to handovers what is read with them.
pub(super) fn with_shown(
    scope: &CircleScope,
    mut rows: Select<handover::Entity>,
) -> Select<handover::Entity> {
    let member = seen_of::<handover::Entity, membership::Entity>(
        scope,
        Column::FromMemberId,
        membership::Column::Id,
    );
    // Nothing but its topic is read, by which lines of the activity are hidden.
    let task = in_circle_of::<handover::Entity, task::Entity>(Column::TaskId, task::Column::Id);
    QueryTrait::query(&mut rows)
        .left_join(membership::Entity, member)
        .left_join(task::Entity, task);
    rows.column_as(membership::Column::Name, "name")
        .column_as(task::Column::Topic, "topic")
}

/// The row of a handover that ends in a state.
pub(super) fn ended(
    write: &CircleWrite,
    before: &handover::Model,
    state: HandoverState,
    taken_by: Option<MemberId>,
) -> handover::ActiveModel {
    let mut row = before.clone().into_active_model();
    row.state = Set(state);
    row.ended_at = Set(Some(write.now()));
    row.taken_by_member_id = Set(taken_by);
    row
}

/// Ends open handovers in a state: the members keep what they wanted to hand over, and are told. The
/// rows are written when the transaction commits.
pub(super) async fn end_all(
    write: &mut CircleWrite,
    open: Vec<(handover::Model, Shown)>,
    state: HandoverState,
) -> Result<Vec<Notification>, Problem> {
    let rows: Vec<handover::Model> = open.iter().map(|(row, _)| row.clone()).collect();
    let told = item::keep(write, &rows).await?;
    let mut changes = Vec::new();
    for (row, shown) in open {
        let after = ended(write, &row, state, None);
        let after = write.update_later::<handover::Entity>(&row, after)?;
        let change = Change::to::<handover::Entity>(state.as_str(), &after);
        let change = change.about(shown.topic_of(&after));
        changes.push(change.fields(vec!["state"]));
    }
    write.log_all(changes).await?;
    Ok(told)
}

/// A handover as the reader sees it. `name` is that of the member who hands it over.
pub(super) fn assemble(scope: &CircleScope, row: handover::Model, name: String) -> Handover {
    let facts = HandoverFacts {
        scope,
        handover: &row,
    };
    let sees_reason = facts.sees_reason();
    Handover {
        actions: HandoverVerb::actions(&facts),
        from_name: name,
        id: row.id,
        circle_id: row.circle_id,
        version: row.version,
        task_id: row.task_id,
        need_id: row.need_id,
        role_assignment_id: row.role_assignment_id,
        from_member_id: row.from_member_id,
        to_member_id: row.to_member_id,
        taken_by_member_id: row.taken_by_member_id,
        reason: Some(row.reason).filter(|_| sees_reason),
        note: row.note.filter(|_| sees_reason),
        state: row.state,
        expires_at: row.expires_at,
        ended_at: row.ended_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}
