//! Roles as their reader sees them, with their assignments, and what the operations on
//! roles and role assignments share.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, IntoActiveModel, QueryFilter, QueryOrder, Select};

use super::role_assignments::{ShownWithPart, assemble_part, with_shown};
use super::rules::{self, RoleFacts, RoleVerb};
use super::types::Role;
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Verb};
use crate::entity::ids::{MemberId, RoleAssignmentId, RoleId};
use crate::entity::role;
use crate::entity::role_assignment::{self, RoleAssignmentState};
use crate::features::participation::{Held, Part, with_parts_of_all};
use crate::platform::db::{ReadRows, Reads, SelectByPosition, in_list};
use crate::platform::text::excerpt::{Detail, Texts};
use crate::platform::time::civil::day_of;
use crate::problem::Problem;

/// Today's date in the time zone of the circle.
pub fn today(write: &CircleWrite) -> NaiveDate {
    day_of(write.now(), write.scope().time_zone())
}

/// All assignments of a role, past ones included, the oldest first.
pub(super) async fn history_of(
    write: &CircleWrite,
    role: RoleId,
) -> Result<Vec<role_assignment::Model>, Problem> {
    Ok(write
        .find_in_circle::<role_assignment::Entity>()
        .filter(role_assignment::Column::RoleId.eq(role))
        .order_by_asc(role_assignment::Column::CreatedAt)
        .order_by_asc(role_assignment::Column::Id)
        .all(write.tx())
        .await?)
}

/// One role as the reader sees it.
pub(super) async fn describe(
    connection: &impl Reads,
    scope: &CircleScope,
    row: role::Model,
) -> Result<Role, Problem> {
    let mut roles = describe_all(connection, scope, vec![row], Detail::Whole).await?;
    roles.pop().ok_or(Problem::NotFound)
}

/// A role without open assignments as the reader sees it: nothing is read.
pub(super) fn describe_unassigned(scope: &CircleScope, row: role::Model) -> Role {
    assemble(scope, row, Vec::new(), Vec::new(), Detail::Whole)
}

/// Roles as the reader sees them: one more query, however many roles there are.
pub(super) async fn describe_all(
    connection: &impl Reads,
    scope: &CircleScope,
    rows: Vec<role::Model>,
    detail: Detail,
) -> Result<Vec<Role>, Problem> {
    use role_assignment::Column;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let open = scope
        .find::<role_assignment::Entity>()
        .filter(Column::RoleId.is_in(in_list(rows.iter().map(|row| row.id))))
        .filter(Column::State.is_in(role_assignment::Entity::OPEN))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id);
    let open = with_shown(scope, open)
        .by_position::<(role_assignment::Model, ShownWithPart)>()
        .read(connection)
        .await?;
    let mut of_role: HashMap<RoleId, (Vec<_>, Vec<_>)> = HashMap::new();
    for (part, shown) in open {
        let (parts, with_them) = of_role.entry(part.role_id).or_default();
        parts.push(part);
        with_them.push(shown);
    }
    let describe = |row: role::Model| {
        let (open, shown) = of_role.remove(&row.id).unwrap_or_default();
        assemble(scope, row, open, shown, detail)
    };
    Ok(rows.into_iter().map(describe).collect())
}

/// A role as the reader sees it. `open` are its open assignments, with what is shown of each.
fn assemble(
    scope: &CircleScope,
    row: role::Model,
    open: Vec<role_assignment::Model>,
    shown: Vec<ShownWithPart>,
    detail: Detail,
) -> Role {
    let carriers: Vec<RoleAssignmentId> = open
        .iter()
        .filter(|part| !row.shared && part.state == RoleAssignmentState::Active)
        .map(|part: &role_assignment::Model| part.id)
        .collect();
    let mut texts = Texts::new(detail);
    Role {
        title: rules::title(&row),
        actions: RoleVerb::actions(&RoleFacts {
            scope,
            role: &row,
            parts: &open,
        }),
        my_assignment: rules::my_assignment(scope, &open).map(|part| part.state),
        assignments: open
            .into_iter()
            .zip(shown)
            .map(|(part, shown)| assemble_part(scope, part, shown, &carriers))
            .collect(),
        id: row.id,
        circle_id: row.circle_id,
        version: row.version,
        kind: row.kind,
        description: texts.show("description", row.description),
        truncated_fields: texts.truncated(),
        effort_minutes_per_week: row.effort_minutes_per_week,
        shared: row.shared,
        previously_carried_by_patient: row.previously_carried_by_patient,
        state: row.state,
        created_at: row.created_at,
        created_by_member_id: row.created_by_member_id,
        updated_at: row.updated_at,
    }
}

/// Counts a role's version up because one of its assignments changed, when the transaction commits.
pub async fn touch(write: &mut CircleWrite, role: &role::Model) -> Result<role::Model, Problem> {
    let row = role.clone().into_active_model();
    let after = write.update_later::<role::Entity>(role, row)?;
    let change = Change::to::<role::Entity>("updated", &after).fields(vec!["assignments"]);
    write.log(change).await?;
    Ok(after)
}

/// The roles that a member carries, by id and title.
pub async fn carried_by(
    write: &CircleWrite,
    held: &Held,
    member: MemberId,
) -> Result<Vec<(RoleId, String)>, Problem> {
    let mut carried = held_by(write, held).await?;
    carried.retain(|(_, parts)| {
        let mut theirs = parts.iter().filter(|part| part.member_id == member);
        theirs.any(|part| part.state == RoleAssignmentState::Active)
    });
    let shown = carried
        .iter()
        .map(|(role, _)| (role.id, rules::title(role)));
    Ok(shown.collect())
}

/// The roles that a member carries or was asked to carry, with the history of each.
pub async fn held_by(
    write: &CircleWrite,
    held: &Held,
) -> Result<Vec<(role::Model, Vec<role_assignment::Model>)>, Problem> {
    let oldest_first = |roles: Select<role::Entity>| roles.order_by_asc(role::Column::CreatedAt);
    with_parts_of_all::<role_assignment::Entity>(write, held, oldest_first).await
}
