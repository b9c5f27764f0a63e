//! Role assignments as their reader sees them.

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, Iterable, QueryFilter, QuerySelect, QueryTrait, Select};

use super::super::rules::{RoleAssignmentFacts, RoleAssignmentVerb};
use super::types::RoleAssignment;
use crate::access::{CircleScope, CircleWrite, Verb, seen_of};
use crate::entity::ids::{RoleAssignmentId, RoleId, TaskId};
use crate::entity::role_assignment::{self, RoleAssignmentState};
use crate::entity::{membership, role, task};
use crate::platform::db::{ByPosition, ReadRows, Reads, SelectByPosition};
use crate::platform::time::civil::{Day, day_of};
use crate::problem::{FieldErrorCode, Problem};
use crate::row::Row;

/// Whether a date is over both in the circle and where the caller is. The caller's own
/// today is never in the past.
fn is_over(write: &CircleWrite, day: NaiveDate) -> bool {
    let zones = [write.scope().time_zone(), write.scope().reader_zone()];
    zones
        .into_iter()
        .all(|zone| day < day_of(write.now(), zone))
}

/// Refuses a last day that is over, or before the first day.
pub(in crate::features::roles) fn check_end(
    write: &CircleWrite,
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
) -> Result<(), Problem> {
    let (code, detail) = match (starts_on, ends_on) {
        (Some(first), Some(last)) if last < first => (
            FieldErrorCode::StartAfterEnd,
            "The last day is before the first day. Send a later day.",
        ),
        (_, Some(last)) if is_over(write, last) => (
            FieldErrorCode::InThePast,
            "The last day is in the past. Send today or a later day.",
        ),
        _ => return Ok(()),
    };
    Err(Problem::field("/ends_on", code, detail))
}

/// One role assignment as the reader sees it: at most two queries.
pub(in crate::features::roles) async fn describe_part(
    connection: &impl Reads,
    scope: &CircleScope,
    id: RoleAssignmentId,
) -> Result<RoleAssignment, Problem> {
    let one = scope
        .find::<role_assignment::Entity>()
        .filter(role_assignment::Column::Id.eq(id));
    let (row, shown) = with_shown(scope, one)
        .by_position::<(role_assignment::Model, ShownWithPart)>()
        .read_one(connection)
        .await?
        .ok_or(Problem::NotFound)?;
    describe_shown(connection, scope, row, shown).await
}

async fn describe_shown(
    connection: &impl Reads,
    scope: &CircleScope,
    row: role_assignment::Model,
    shown: ShownWithPart,
) -> Result<RoleAssignment, Problem> {
    let is_asked = row.state == RoleAssignmentState::Offered && scope.is_member(row.member_id);
    let carriers = if is_asked {
        sole_carriers(connection, scope, row.role_id).await?
    } else {
        Vec::new()
    };
    Ok(assemble_part(scope, row, shown, &carriers))
}

/// The role of an assignment, and what is shown with the assignment as it was read.
pub struct RoleOfPart {
    pub role: role::Model,
    name: String,
    /// The task that the patient kept, and whether the reader sees it.
    kept: (Option<TaskId>, bool),
}

/// Reads an assignment, its role, and what is shown with it: one query.
pub(in crate::features::roles) async fn read_with_role(
    write: &CircleWrite,
    id: RoleAssignmentId,
) -> Result<(role_assignment::Model, RoleOfPart), Problem> {
    let scope = write.scope();
    let one = scope
        .find::<role_assignment::Entity>()
        .filter(role_assignment::Column::Id.eq(id));
    let its_role = seen_of::<role_assignment::Entity, role::Entity>(
        scope,
        role_assignment::Column::RoleId,
        role::Column::Id,
    );
    let mut one = with_shown(scope, one).columns(role::Column::iter());
    QueryTrait::query(&mut one).inner_join(role::Entity, its_role);
    let (part, shown, role) = one
        .by_position::<(role_assignment::Model, ShownWithPart, role::Model)>()
        .read_one(write.tx())
        .await?
        .ok_or(Problem::NotFound)?;
    let role = RoleOfPart {
        role,
        name: shown.name.unwrap_or_default(),
        kept: (part.patient_part_task_id, shown.task_id.is_some()),
    };
    Ok((part, role))
}

/// An assignment that a request has changed, as its reader sees it. At most two queries: for
/// another task that the patient keeps, and for an offer to the caller.
pub(in crate::features::roles) async fn describe_locked(
    write: &CircleWrite,
    row: role_assignment::Model,
    related: &RoleOfPart,
) -> Result<RoleAssignment, Problem> {
    let (kept, is_seen) = related.kept;
    let task_id = match row.patient_part_task_id {
        Some(id) if kept != Some(id) => write
            .find_one::<task::Entity>(id)
            .await?
            .map(|task| task.id),
        task => task.filter(|_| is_seen),
    };
    let shown = ShownWithPart {
        name: Some(related.name.clone()),
        task_id,
    };
    describe_shown(write.tx(), write.scope(), row, shown).await
}

/// What is shown of other things with a role assignment.
#[derive(Debug, Row)]
pub(in crate::features::roles) struct ShownWithPart {
    name: Option<String>,
    /// The task that the patient keeps, if the reader sees it.
    task_id: Option<TaskId>,
}

/// Adds to role assignments what is shown with them.
pub(in crate::features::roles) fn with_shown(
    scope: &CircleScope,
    mut parts: Select<role_assignment::Entity>,
) -> Select<role_assignment::Entity> {
    use role_assignment::Column;
    let member = seen_of::<role_assignment::Entity, membership::Entity>(
        scope,
        Column::MemberId,
        membership::Column::Id,
    );
    let task = seen_of::<role_assignment::Entity, task::Entity>(
        scope,
        Column::PatientPartTaskId,
        task::Column::Id,
    );
    QueryTrait::query(&mut parts)
        .left_join(membership::Entity, member)
        .left_join(task::Entity, task);
    parts
        .column_as(membership::Column::Name, "name")
        .column_as(task::Column::Id, "task_id")
}

/// A role assignment as the reader sees it. `carriers` are the active assignments of the role, if
/// it is not shared.
pub(in crate::features::roles) fn assemble_part(
    scope: &CircleScope,
    row: role_assignment::Model,
    shown: ShownWithPart,
    carriers: &[RoleAssignmentId],
) -> RoleAssignment {
    // Another member carries the role, and this assignment would not take over from them.
    let mut others = carriers
        .iter()
        .filter(|id| Some(**id) != row.previous_assignment_id);
    let facts = RoleAssignmentFacts {
        scope,
        part: &row,
        is_taken: others.any(|id| *id != row.id),
    };
    let actions = RoleAssignmentVerb::actions(&facts);
    RoleAssignment {
        name: shown.name.unwrap_or_default(),
        actions,
        id: row.id,
        circle_id: row.circle_id,
        role_id: row.role_id,
        version: row.version,
        member_id: row.member_id,
        state: row.state,
        starts_on: row.starts_on.map(Day),
        ends_on: row.ends_on.map(Day),
        ended_on: row.ended_on.map(Day),
        previous_assignment_id: row.previous_assignment_id,
        offered_by_member_id: row.offered_by_member_id,
        patient_part: row.patient_part,
        patient_part_text: row.patient_part_text,
        patient_part_task_id: shown.task_id,
        is_handing_over: row.is_handing_over,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// The active assignments of a role that is not shared.
async fn sole_carriers(
    connection: &impl Reads,
    scope: &CircleScope,
    role: RoleId,
) -> Result<Vec<RoleAssignmentId>, Problem> {
    let roles = with_sole_carriers(scope, role).read(connection).await?;
    Ok(roles
        .into_iter()
        .filter_map(|(_, carrier)| carrier)
        .collect())
}

/// A role with its active assignments, if it is not shared. A role without any is a row as well.
pub(in crate::features::roles) fn with_sole_carriers(
    scope: &CircleScope,
    role: RoleId,
) -> ByPosition<(RoleId, Option<RoleAssignmentId>)> {
    use role_assignment::Column;
    let carrier =
        seen_of::<role::Entity, role_assignment::Entity>(scope, role::Column::Id, Column::RoleId)
            .add(role::Column::Shared.eq(false))
            .add(Column::State.eq(RoleAssignmentState::Active));
    let mut roles = scope
        .find::<role::Entity>()
        .filter(role::Column::Id.eq(role))
        .select_only()
        .column(role::Column::Id)
        .column(Column::Id);
    QueryTrait::query(&mut roles).left_join(role_assignment::Entity, carrier);
    roles.by_position()
}
