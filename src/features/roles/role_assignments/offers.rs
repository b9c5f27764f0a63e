//! How role assignments are offered, begin and end.

use chrono::NaiveDate;
use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::super::patient_part::PatientPartChoice;
use super::super::store::{history_of, today};
use super::super::subject::notification_of;
use super::notifications::starts_at;
use crate::access::CircleWrite;
use crate::access::change_log::Change;
use crate::entity::ids::{MemberId, RoleAssignmentId};
use crate::entity::notification::NotificationKind;
use crate::entity::role;
use crate::entity::role_assignment::{self, RoleAssignmentState};
use crate::features::participation::withdraw_handovers_later;
use crate::notify::notifications::Notification;
use crate::problem::{Conflict, ConflictingItem, Problem, ProblemCode};

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
    let row = new_row(write, role, new, state, offered_by_member_id);
    write.insert::<role_assignment::Entity>(row).await
}

/// The row of a new assignment.
pub(in crate::features::roles) fn new_row(
    write: &CircleWrite,
    role: &role::Model,
    new: NewPart,
    state: RoleAssignmentState,
    offered_by_member_id: Option<MemberId>,
) -> role_assignment::ActiveModel {
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
        is_handing_over: Set(false),
        ..Default::default()
    };
    new.patient.write_to(&mut row);
    row
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
    Ok(notification_of_offer(write, role, &part))
}

/// The notification for the member to whom a role is offered.
pub(in crate::features::roles) fn notification_of_offer(
    write: &CircleWrite,
    role: &role::Model,
    part: &role_assignment::Model,
) -> Notification {
    let kind = NotificationKind::Offered;
    let notification = notification_of(write, kind, role, starts_at(write, part));
    notification.to([part.member_id])
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
    let taken_over =
        |other: &&role_assignment::Model| Some(other.id) == part.previous_assignment_id;
    let previous = history.iter().find(taken_over);
    let mut carried_by = None;
    if let Some(previous) = previous.filter(|it| it.state == RoleAssignmentState::Active) {
        let (row, verb) = ended_or_withdrawn(previous, today);
        withdraw_handovers_later::<role_assignment::Entity>(write, [previous]);
        let ended = write.update::<role_assignment::Entity>(previous, row);
        let change = Change::to::<role_assignment::Entity>(verb, &ended.await?);
        write.log(change.fields(vec!["state"])).await?;
        carried_by = Some(previous.member_id);
    }
    let row = accepted_row(write, part, previous);
    let after = write.update::<role_assignment::Entity>(part, row).await?;
    let change = Change::to::<role_assignment::Entity>("accepted", &after);
    write.log(change.fields(vec!["state"])).await?;
    let taken_off = notification_of(write, NotificationKind::Removed, role, write.now());
    Ok((after, taken_off.to(carried_by)))
}

/// The row of an offered assignment that is accepted. `previous` is the assignment that it takes
/// over.
pub(in crate::features::roles) fn accepted_row(
    write: &CircleWrite,
    part: &role_assignment::Model,
    previous: Option<&role_assignment::Model>,
) -> role_assignment::ActiveModel {
    let mut row = part.clone().into_active_model();
    row.state = Set(RoleAssignmentState::Active);
    row.starts_on = Set(part.starts_on.or_else(|| Some(today(write))));
    if let Some(previous) = previous
        && part.patient_part.is_none()
        && !write.scope().is_patient()
    {
        row.patient_part = Set(previous.patient_part);
        row.patient_part_text = Set(previous.patient_part_text.clone());
        row.patient_part_task_id = Set(previous.patient_part_task_id);
    }
    row
}

/// The row of an active assignment that ends on a day, or of an offer that is withdrawn, and the
/// word for the change log.
fn ended_or_withdrawn(
    before: &role_assignment::Model,
    on: NaiveDate,
) -> (role_assignment::ActiveModel, &'static str) {
    let mut row = before.clone().into_active_model();
    if before.state == RoleAssignmentState::Active {
        row.state = Set(RoleAssignmentState::Ended);
        row.ended_on = Set(Some(on));
        row.is_handing_over = Set(false);
        (row, "released")
    } else {
        row.state = Set(RoleAssignmentState::Withdrawn);
        (row, "withdrawn")
    }
}

/// Ends an active assignment on a day, or withdraws an offer, when the transaction commits. Returns
/// it with the line for the change log.
pub fn end_or_withdraw_later(
    write: &CircleWrite,
    before: &role_assignment::Model,
    on: NaiveDate,
) -> Result<(role_assignment::Model, Change), Problem> {
    let (row, verb) = ended_or_withdrawn(before, on);
    withdraw_handovers_later::<role_assignment::Entity>(write, [before]);
    let after = write.update_later::<role_assignment::Entity>(before, row)?;
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
