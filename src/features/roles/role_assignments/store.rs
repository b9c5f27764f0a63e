//! Role assignments as their reader sees them, and how they are offered, begin and end.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter, QuerySelect,
    QueryTrait,
};

use super::super::patient_part::PatientPartChoice;
use super::super::rules::{self, RoleAssignmentFacts, RoleAssignmentVerb};
use super::super::store::{history_of, today};
use super::super::subject::notification_of;
use super::notifications::starts_at;
use super::types::RoleAssignment;
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Permission, Verb, names_of};
use crate::entity::ids::{MemberId, RoleAssignmentId, RoleId, TaskId};
use crate::entity::notification::NotificationKind;
use crate::entity::role_assignment::{self, RoleAssignmentState};
use crate::entity::{membership, role, task};
use crate::features::participation::part_of;
use crate::notify::notifications::Notification;
use crate::platform::time::civil::{Day, day_of};
use crate::problem::{Conflict, ConflictingItem, FieldErrorCode, Problem, ProblemCode};

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

/// One role assignment as the reader sees it.
pub(in crate::features::roles) async fn describe_part(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    row: role_assignment::Model,
) -> Result<RoleAssignment, Problem> {
    let mut parts = describe_parts(connection, scope, vec![row]).await?;
    parts.pop().ok_or(Problem::NotFound)
}

/// Role assignments as the reader sees them: always two more queries.
pub(in crate::features::roles) async fn describe_parts(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    rows: Vec<role_assignment::Model>,
) -> Result<Vec<RoleAssignment>, Problem> {
    let facts = PartFacts::of(connection, scope, &rows).await?;
    let describe = |row| facts.describe(scope, row);
    Ok(rows.into_iter().map(describe).collect())
}

/// What role assignments show of other things.
pub(in crate::features::roles) struct PartFacts {
    names: HashMap<MemberId, String>,
    /// The tasks that the patient keeps and the reader sees.
    tasks: HashSet<TaskId>,
    /// The active assignments of roles that are not shared.
    carriers: HashMap<RoleId, Vec<RoleAssignmentId>>,
}

impl PartFacts {
    pub async fn of(
        connection: &impl ConnectionTrait,
        scope: &CircleScope,
        rows: &[role_assignment::Model],
    ) -> Result<Self, Problem> {
        let members = rows.iter().map(|row| row.member_id).collect();
        let kept: Vec<TaskId> = rows
            .iter()
            .filter_map(|row| row.patient_part_task_id)
            .collect();
        let tasks = if kept.is_empty() {
            Vec::new()
        } else {
            scope
                .find::<task::Entity>()
                .select_only()
                .column(task::Column::Id)
                .filter(task::Column::Id.is_in(kept))
                .into_tuple::<TaskId>()
                .all(connection)
                .await?
        };
        Ok(Self {
            names: names_of(connection, scope, members).await?,
            tasks: tasks.into_iter().collect(),
            carriers: sole_carriers(connection, scope, rows).await?,
        })
    }

    /// Whether another member carries the role, and this assignment would not take over
    /// from them.
    fn is_taken(&self, part: &role_assignment::Model) -> bool {
        let carriers = self.carriers.get(&part.role_id).into_iter().flatten();
        let mut others = carriers.filter(|id| Some(**id) != part.previous_assignment_id);
        others.any(|id| *id != part.id)
    }

    pub fn describe(&self, scope: &CircleScope, row: role_assignment::Model) -> RoleAssignment {
        let shown = |id: &TaskId| self.tasks.contains(id);
        let facts = RoleAssignmentFacts {
            scope,
            part: &row,
            is_taken: self.is_taken(&row),
        };
        let actions = RoleAssignmentVerb::actions(&facts);
        RoleAssignment {
            name: self.names.get(&row.member_id).cloned().unwrap_or_default(),
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
            patient_part_task_id: row.patient_part_task_id.filter(shown),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// The active assignments of roles that are not shared, for the roles that are offered to
/// the reader.
async fn sole_carriers(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    rows: &[role_assignment::Model],
) -> Result<HashMap<RoleId, Vec<RoleAssignmentId>>, Problem> {
    use role_assignment::Column;
    let asked = |part: &&role_assignment::Model| {
        part.state == RoleAssignmentState::Offered && scope.is_member(part.member_id)
    };
    let roles: Vec<RoleId> = rows.iter().filter(asked).map(|part| part.role_id).collect();
    let mut carriers: HashMap<RoleId, Vec<RoleAssignmentId>> = HashMap::new();
    if roles.is_empty() {
        return Ok(carriers);
    }
    let alone = scope
        .find::<role::Entity>()
        .select_only()
        .column(role::Column::Id)
        .filter(role::Column::Id.is_in(roles.iter().copied()))
        .filter(role::Column::Shared.eq(false))
        .into_query();
    let carried = scope
        .find::<role_assignment::Entity>()
        .select_only()
        .columns([Column::RoleId, Column::Id])
        .filter(Column::RoleId.in_subquery(alone))
        .filter(Column::State.eq(RoleAssignmentState::Active))
        .into_tuple::<(RoleId, RoleAssignmentId)>()
        .all(connection)
        .await?;
    for (role, part) in carried {
        carriers.entry(role).or_default().push(part);
    }
    Ok(carriers)
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
