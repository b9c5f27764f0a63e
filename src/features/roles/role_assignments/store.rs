//! Role assignments as their reader sees them, and how they are offered, begin and end.

use chrono::NaiveDate;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter, QuerySelect, QueryTrait, Select,
};

use super::super::patient_part::PatientPartChoice;
use super::super::rules::{self, RoleAssignmentFacts, RoleAssignmentVerb};
use super::super::store::{history_of, today};
use super::super::subject::notification_of;
use super::notifications::starts_at;
use super::types::RoleAssignment;
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Permission, Verb, seen_of};
use crate::entity::ids::{MemberId, RoleAssignmentId, RoleId, TaskId};
use crate::entity::notification::NotificationKind;
use crate::entity::role_assignment::{self, RoleAssignmentState};
use crate::entity::{membership, role, task};
use crate::features::participation::part_of;
use crate::notify::notifications::Notification;
use crate::platform::db::{ByPosition, ReadRows, Reads, SelectByPosition};
use crate::platform::time::civil::{Day, day_of};
use crate::problem::{Conflict, ConflictingItem, FieldErrorCode, Problem, ProblemCode};
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
    let is_asked = row.state == RoleAssignmentState::Offered && scope.is_member(row.member_id);
    let carriers = if is_asked {
        sole_carriers(connection, scope, row.role_id).await?
    } else {
        Vec::new()
    };
    Ok(assemble_part(scope, row, shown, &carriers))
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

/// An assignment to create, offered or claimed.
pub(in crate::features::roles) struct NewPart {
    pub to: MemberId,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub previous: Option<RoleAssignmentId>,
    pub patient: PatientPartChoice,
}

/// Inserts an assignment. `offered_by_member_id` is the member who asks; nobody if the member
/// claims the role.
pub(in crate::features::roles) async fn insert_part(
    write: &CircleWrite,
    role: &role::Model,
    new: NewPart,
    state: RoleAssignmentState,
    offered_by_member_id: Option<MemberId>,
) -> Result<role_assignment::Model, Problem> {
    let mut row = role_assignment::ActiveModel {
        id: Set(write.new_id()),
        role_id: Set(role.id),
        member_id: Set(new.to),
        state: Set(state),
        starts_on: Set(new.starts_on),
        ends_on: Set(new.ends_on),
        ended_on: Set(None),
        previous_assignment_id: Set(new.previous),
        offered_by_member_id: Set(offered_by_member_id),
        ..Default::default()
    };
    new.patient.write_to(&mut row);
    write.insert::<role_assignment::Entity>(row).await
}

/// Offers a role to a member and returns the notification. Every offer is made here.
/// Callers who offer a role to themselves carry it at once.
pub(in crate::features::roles) async fn make_offer(
    write: &mut CircleWrite,
    role: &role::Model,
    offer: NewPart,
) -> Result<Notification, Problem> {
    let state = RoleAssignmentState::Offered;
    let part = insert_part(write, role, offer, state, write.actor()).await?;
    let change = Change::to::<role_assignment::Entity>("offered", &part);
    write.log(change).await?;
    if write.actor() == Some(part.member_id) {
        let (_, taken_off) = accept(write, role, &part).await?;
        return Ok(taken_off);
    }
    let notification = notification_of(
        write,
        NotificationKind::Offered,
        role,
        starts_at(write, &part),
    );
    Ok(notification.to([part.member_id]))
}

/// Makes an offered assignment active. Returns the notification for the member who
/// carried the role before. The assignment that is taken over ends today. What the
/// patient keeps stays the same, unless the offer says something else or the patient
/// takes the role back.
pub(in crate::features::roles) async fn accept(
    write: &mut CircleWrite,
    role: &role::Model,
    part: &role_assignment::Model,
) -> Result<(role_assignment::Model, Notification), Problem> {
    let today = today(write);
    if part.ends_on.is_some_and(|day| day < today) {
        let detail = "The last day of this offer is over. Ask for a new offer.";
        return Err(Conflict::of(ProblemCode::TooLate, detail).into());
    }
    let history = history_of(write, role.id).await?;
    check_free(role, &history, part.previous_assignment_id)?;
    let mut row = part.clone().into_active_model();
    row.state = Set(RoleAssignmentState::Active);
    row.starts_on = Set(part.starts_on.or(Some(today)));
    let taken_over =
        |other: &&role_assignment::Model| Some(other.id) == part.previous_assignment_id;
    let mut carried_by = None;
    if let Some(previous) = history.iter().find(taken_over) {
        if previous.state == RoleAssignmentState::Active {
            let (_, change) = end_or_withdraw(write, previous, today).await?;
            write.log(change).await?;
            carried_by = Some(previous.member_id);
        }
        if part.patient_part.is_none() && !write.scope().is_patient() {
            row.patient_part = Set(previous.patient_part);
            row.patient_part_text = Set(previous.patient_part_text.clone());
            row.patient_part_task_id = Set(previous.patient_part_task_id);
        }
    }
    let after = write.update::<role_assignment::Entity>(part, row).await?;
    let change = Change::to::<role_assignment::Entity>("accepted", &after);
    write.log(change.fields(vec!["state"])).await?;
    let taken_off = notification_of(write, NotificationKind::Removed, role, write.now());
    Ok((after, taken_off.to(carried_by)))
}

/// Offers a role that a member no longer carries to another member, unless they have it,
/// were asked already, or may not carry roles.
pub async fn reassign(
    write: &mut CircleWrite,
    role: &role::Model,
    history: &[role_assignment::Model],
    ended: &role_assignment::Model,
    to: &membership::Model,
    patient: Option<MemberId>,
) -> Result<Option<Notification>, Problem> {
    let part = part_of::<role_assignment::Entity>(rules::open_parts(history), to.id);
    let carries = Permission::CarryRoles.is_given_to(to.access, to.is_patient);
    if !carries || part.is_some() {
        return Ok(None);
    }
    let leaves_patient = rules::leaves_patient(role, history, Some(ended), to.id, patient);
    let offer = NewPart {
        to: to.id,
        starts_on: None,
        ends_on: None,
        previous: Some(ended.id),
        patient: if leaves_patient {
            PatientPartChoice::ask_later()
        } else {
            PatientPartChoice::default()
        },
    };
    make_offer(write, role, offer).await.map(Some)
}

/// Ends an active assignment on a day, or withdraws an offer. Returns it with the line
/// for the change log.
pub async fn end_or_withdraw(
    write: &CircleWrite,
    before: &role_assignment::Model,
    on: NaiveDate,
) -> Result<(role_assignment::Model, Change), Problem> {
    let mut row = before.clone().into_active_model();
    let verb = if before.state == RoleAssignmentState::Active {
        row.state = Set(RoleAssignmentState::Ended);
        row.ended_on = Set(Some(on));
        "released"
    } else {
        row.state = Set(RoleAssignmentState::Withdrawn);
        "withdrawn"
    };
    let after = write.update::<role_assignment::Entity>(before, row).await?;
    let change = Change::to::<role_assignment::Entity>(verb, &after).fields(vec!["state"]);
    Ok((after, change))
}

/// Refuses a second holder of a role that is not shared. `except` is the assignment that
/// is taken over.
pub(in crate::features::roles) fn check_free(
    role: &role::Model,
    history: &[role_assignment::Model],
    except: Option<RoleAssignmentId>,
) -> Result<(), Problem> {
    let conflicts: Vec<ConflictingItem> = history
        .iter()
        .filter(|part| part.state == RoleAssignmentState::Active && Some(part.id) != except)
        .map(|part| ConflictingItem::of("role_assignment", part.id.0))
        .collect();
    if role.shared || conflicts.is_empty() {
        return Ok(());
    }
    let detail = "Another member carries this role. To offer it in their place, send their \
        assignment as `previous_assignment_id`.";
    Err(Conflict {
        conflicts,
        ..Conflict::of(ProblemCode::AlreadyAssigned, detail)
    }
    .into())
}
