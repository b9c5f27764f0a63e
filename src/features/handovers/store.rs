//! Handovers as their reader sees them.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Func, Query};
use sea_orm::{ActiveValue::Set, IntoActiveModel, QuerySelect, QueryTrait, Select};

use super::item;
use super::rules::{HandoverFacts, HandoverVerb};
use super::types::Handover;
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Verb, in_circle_of, seen_of};
use crate::entity::handover::{self, Column, HandoverState};
use crate::entity::ids::MemberId;
use crate::entity::need::NeedKind;
use crate::entity::role::RoleKind;
use crate::entity::topic_grant::Topic;
use crate::entity::{membership, need, role, role_assignment, task};
use crate::features::roles::default_title;
use crate::notify::notifications::Notification;
use crate::platform::time::civil::Day;
use crate::problem::Problem;
use crate::row::Row;

/// What is read with a handover.
#[derive(Clone, Debug, Default, Row)]
pub struct Shown {
    /// The name of the member who hands it over.
    pub name: Option<String>,
    /// The topic of the task, if it is one.
    pub topic: Option<Topic>,
    /// The contact of the member who hands it over, if that member has no account.
    pub from_contact: Option<MemberId>,
    /// The contact of the member who is asked, if that member has no account.
    pub to_contact: Option<MemberId>,
    /// The title of the task.
    pub task_title: Option<String>,
    /// The title of the role, if it has one of its own.
    pub role_title: Option<String>,
    /// The kind of the role.
    pub role_kind: Option<RoleKind>,
    /// The kind of the need.
    pub need_kind: Option<NeedKind>,
    /// The date of the task or the need.
    pub on: Option<NaiveDate>,
    /// When the task is due, or when the need starts.
    pub at: Option<DateTime<Utc>>,
}

impl Shown {
    /// The topic that the handover is about. Everybody sees a handover of a role.
    pub fn topic_of(&self, row: &handover::Model) -> Option<Topic> {
        self.topic.or(row.need_id.map(|_| Topic::Daily))
    }

    /// The title of what is handed over. A need has none.
    fn title(&self) -> Option<String> {
        let own = self.task_title.as_ref().or(self.role_title.as_ref());
        let of_kind = || self.role_kind.and_then(default_title).map(str::to_owned);
        own.cloned().or_else(of_kind)
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
    // Who sees a handover sees what it is about. The lines of its activity are hidden by the topic of
    // the task, which is read for everybody.
    let task = in_circle_of::<handover::Entity, task::Entity>(Column::TaskId, task::Column::Id);
    let need = in_circle_of::<handover::Entity, need::Entity>(Column::NeedId, need::Column::Id);
    let part = in_circle_of::<handover::Entity, role_assignment::Entity>(
        Column::RoleAssignmentId,
        role_assignment::Column::Id,
    );
    let role = in_circle_of::<role_assignment::Entity, role::Entity>(
        role_assignment::Column::RoleId,
        role::Column::Id,
    );
    QueryTrait::query(&mut rows)
        .left_join(membership::Entity, member)
        .left_join(task::Entity, task)
        .left_join(need::Entity, need)
        .left_join(role_assignment::Entity, part)
        .left_join(role::Entity, role);
    rows = rows
        .column_as(membership::Column::Name, "name")
        .column_as(task::Column::Topic, "topic");
    let contacts = [Column::FromMemberId, Column::ToMemberId].map(contact_of);
    QueryTrait::query(&mut rows)
        .exprs(contacts)
        .exprs(what_and_when());
    rows
}

/// The title of the task, the title and the kind of the role, the kind of the need, and the date and
/// the moment of either.
fn what_and_when() -> [Expr; 6] {
    let task = |column: task::Column| Expr::col((task::Entity, column));
    let need = |column: need::Column| Expr::col((need::Entity, column));
    let role = |column: role::Column| Expr::col((role::Entity, column));
    let either = |columns: [Expr; 2]| Expr::from(Func::coalesce(columns));
    [
        task(task::Column::Title),
        role(role::Column::Title),
        role(role::Column::Kind),
        need(need::Column::Kind),
        either([task(task::Column::DueOn), need(need::Column::StartsOn)]),
        either([task(task::Column::DueAt), need(need::Column::StartsAt)]),
    ]
}

/// The contact of the member in a column, if that member has no account.
fn contact_of(member: Column) -> Expr {
    use membership::Column::{CircleId, ContactMemberId, Id, UserId};
    let of_member = |column: membership::Column| Expr::col(("managed", column));
    let contact = Query::select()
        .expr(of_member(ContactMemberId))
        .from_as(membership::Entity, "managed")
        .and_where(of_member(CircleId).equals((handover::Entity, Column::CircleId)))
        .and_where(of_member(Id).equals((handover::Entity, member)))
        .and_where(of_member(UserId).is_null())
        .take();
    Expr::SubQuery(None, Box::new(contact.into()))
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

/// A handover as the reader sees it.
pub(super) fn assemble(scope: &CircleScope, row: handover::Model, shown: &Shown) -> Handover {
    let facts = HandoverFacts {
        scope,
        handover: &row,
        shown,
    };
    let sees_reason = facts.sees_reason();
    Handover {
        actions: HandoverVerb::actions(&facts),
        from_name: shown.name.clone().unwrap_or_default(),
        id: row.id,
        circle_id: row.circle_id,
        version: row.version,
        task_id: row.task_id,
        need_id: row.need_id,
        role_assignment_id: row.role_assignment_id,
        title: shown.title(),
        need_kind: shown.need_kind,
        scheduled_on: shown.on.map(Day),
        scheduled_at: shown.at,
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
