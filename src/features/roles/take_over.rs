//! How a member hands over a role, and how another member takes it over: their assignment begins, and
//! the first ends. The rules of a handover itself are in `features/handovers`.

use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter, QueryOrder};

use super::locked::LockedRoleAssignment;
use super::patient_part::PatientPartChoice;
use super::role_assignments::{self, NewPart, end_or_withdraw_later, new_row};
use super::rules::{self, RoleAssignmentVerb};
use super::store;
use super::subject::notification_of;
use crate::access::change_log::Change;
use crate::access::{CircleOwned, CircleWrite, patient_id_of};
use crate::entity::ids::{MemberId, RoleAssignmentId};
use crate::entity::notification::NotificationKind;
use crate::entity::role;
use crate::entity::role_assignment::{self, RoleAssignmentState};
use crate::features::participation::{already_assigned, part_of};
use crate::notify::notifications::Notification;
use crate::problem::{Conflict, Problem, ProblemCode};

/// A role assignment that is handed over, under the circle's lock.
pub struct HandedOverRole(LockedRoleAssignment);

impl HandedOverRole {
    /// Reads the assignment and its role.
    pub async fn read(write: CircleWrite, id: RoleAssignmentId) -> Result<Self, Problem> {
        let (row, related) = role_assignments::read_with_role(&write, id).await?;
        Ok(Self(LockedRoleAssignment {
            write,
            row,
            related,
        }))
    }

    /// The transaction.
    pub fn write(&self) -> &CircleWrite {
        &self.0.write
    }

    /// The transaction, to go on with.
    pub fn into_write(self) -> CircleWrite {
        self.0.write
    }

    /// The role.
    pub fn role(&self) -> &role::Model {
        &self.0.related.role
    }

    /// The last day of the assignment.
    pub fn ends_on(&self) -> Option<chrono::NaiveDate> {
        self.0.row.ends_on
    }

    /// Marks the assignment of the caller as uncertain.
    pub async fn begin(&mut self) -> Result<(), Problem> {
        let part = &mut self.0;
        part.check(RoleAssignmentVerb::HandOver)?;
        if part.row.is_handing_over {
            return Err(part.does_not_fit());
        }
        let mut row = part.row.clone().into_active_model();
        row.is_handing_over = Set(true);
        part.row = part
            .write
            .update_later::<role_assignment::Entity>(&part.row, row)?;
        part.touch_role().await
    }

    /// Whether a member carries the role, or was asked.
    pub async fn is_of(&self, member: MemberId) -> Result<bool, Problem> {
        let history = store::history_of(&self.0.write, self.0.row.role_id).await?;
        let open = rules::open_parts(&history);
        Ok(part_of::<role_assignment::Entity>(open, member).is_some())
    }

    /// A notification about the role.
    pub fn notification(&self, kind: NotificationKind) -> Notification {
        let write = &self.0.write;
        notification_of(write, kind, &self.0.related.role, write.now())
    }

    /// Ends the assignment today, and begins one of another member until the same last day. What the
    /// patient keeps stays the same; if the role leaves the patient, the family talks about it later.
    pub async fn give_to(&mut self, to: MemberId) -> Result<(), Problem> {
        let part = &mut self.0;
        let today = store::today(&part.write);
        if part.row.ends_on.is_some_and(|day| day < today) {
            let detail = "The last day of this role assignment is over. Claim the role instead.";
            return Err(Conflict::of(ProblemCode::TooLate, detail).into());
        }
        let role = part.related.role.clone();
        let history = store::history_of(&part.write, role.id).await?;
        if let Some(other) = part_of::<role_assignment::Entity>(rules::open_parts(&history), to) {
            return Err(already_assigned(
                role_assignment::Entity::SUBJECT,
                other.id.0,
            ));
        }
        let patient = patient_id_of(part.write.tx(), part.write.scope()).await?;
        let leaves_patient = rules::leaves_patient(&role, &history, Some(&part.row), to, patient);
        let new = NewPart {
            to,
            starts_on: Some(today),
            ends_on: part.row.ends_on,
            previous: Some(part.row.id),
            patient: if leaves_patient {
                PatientPartChoice::ask_later()
            } else {
                PatientPartChoice::default()
            },
        };
        let state = RoleAssignmentState::Active;
        let mut row = new_row(&part.write, &role, new, state, None);
        if !leaves_patient && patient != Some(to) {
            row.patient_part = Set(part.row.patient_part);
            row.patient_part_text = Set(part.row.patient_part_text.clone());
            row.patient_part_task_id = Set(part.row.patient_part_task_id);
        }
        let new = part.write.insert_later::<role_assignment::Entity>(row)?;
        // The handover is accepted, and not withdrawn with the assignment.
        let mut before = part.row.clone();
        before.is_handing_over = false;
        let (ended, change) = end_or_withdraw_later(&part.write, &before, today)?;
        part.row = ended;
        let began = Change::to::<role_assignment::Entity>("handed_over", &new);
        part.write.log_all(vec![change, began]).await?;
        part.touch_role().await
    }
}

/// Makes role assignments certain again, because nobody takes them over. Returns the role of each
/// assignment. It takes two reads, however many there are.
pub async fn keep_roles(
    write: &mut CircleWrite,
    kept: &[RoleAssignmentId],
) -> Result<Vec<(RoleAssignmentId, role::Model)>, Problem> {
    use role_assignment::Column;
    if kept.is_empty() {
        return Ok(Vec::new());
    }
    write.send_later_of::<role_assignment::Entity>().await?;
    write.send_later_of::<role::Entity>().await?;
    let parts = write
        .find_in_circle::<role_assignment::Entity>()
        .filter(Column::Id.is_in(kept.iter().copied()))
        .order_by_asc(Column::Id)
        .all(write.tx())
        .await?;
    let roles = write
        .find_in_circle::<role::Entity>()
        .filter(role::Column::Id.is_in(parts.iter().map(|part| part.role_id)))
        .order_by_asc(role::Column::Id)
        .all(write.tx())
        .await?;
    let ids: Vec<uuid::Uuid> = parts.iter().map(|part| part.id.into()).collect();
    let certain = vec![(Column::IsHandingOver, Expr::value(false))];
    write.update_rows_later::<role_assignment::Entity>(&ids, certain);
    let mut of_parts = Vec::new();
    for role in roles {
        let role = store::touch(write, &role).await?;
        let its = parts.iter().filter(|part| part.role_id == role.id);
        of_parts.extend(its.map(|part| (part.id, role.clone())));
    }
    Ok(of_parts)
}

/// A notification about a role that a member wanted to hand over, and keeps.
pub fn notification_of_kept(write: &CircleWrite, role: &role::Model) -> Notification {
    notification_of(write, NotificationKind::HandoverEnded, role, write.now())
}
