//! Releases the roles of a member who leaves, is suspended, or may no longer carry roles. The rows
//! are written when the transaction commits, so the number of statements does not grow with them.

use super::patient_part::PatientPartChoice;
use super::role_assignments::{self, NewPart};
use super::{rules, store};
use crate::access::change_log::Change;
use crate::access::{CircleWrite, Permission, patient_id_of};
use crate::entity::ids::MemberId;
use crate::entity::membership;
use crate::entity::role;
use crate::entity::role_assignment::{self, RoleAssignmentState};
use crate::features::participation::{ReleaseOutcome, ReleasePlan, ReleasedItem, part_of};
use crate::problem::Problem;

/// An assignment that is offered to the caller, who accepts it at once.
type Accepted = (role_assignment::Model, role_assignment::ActiveModel);

/// Ends every role that a member carries and withdraws every role that was offered to
/// them. Each role that ends is offered to `reassign_to`.
pub async fn release_roles(
    write: &mut CircleWrite,
    plan: &ReleasePlan<'_>,
    reassign_to: Option<&membership::Model>,
    outcome: &mut ReleaseOutcome,
) -> Result<(), Problem> {
    let held = store::held_by(write, plan.held).await?;
    let today = store::today(write);
    let patient = if held.is_empty() || reassign_to.is_none() {
        None
    } else {
        patient_id_of(write.tx(), write.scope()).await?
    };
    let mut all_accepted = Vec::new();
    for (role, history) in held {
        let open = rules::open_parts(&history);
        for part in open.filter(|part| part.member_id == plan.member) {
            let (after, change) = role_assignments::end_or_withdraw_later(write, part, today)?;
            write.log(change.on_behalf_of(plan.member)).await?;
            if after.state == RoleAssignmentState::Ended {
                let ended = role_assignments::notifications_of_end(write, &role, part);
                outcome.notifications.extend(ended);
                if let Some(to) = reassign_to {
                    let role = (&role, history.as_slice());
                    all_accepted.extend(reassign(write, role, &after, to, patient, outcome).await?);
                }
            }
        }
        let role = store::touch(write, &role).await?;
        outcome.released.push(ReleasedItem {
            kind: "role",
            id: role.id.0,
            title: rules::title(&role),
        });
    }
    if !all_accepted.is_empty() {
        // The offers must be there before they are accepted.
        write.transaction().send_later().await?;
    }
    for (part, row) in all_accepted {
        write.update_later::<role_assignment::Entity>(&part, row)?;
    }
    Ok(())
}

/// Offers a role that a member no longer carries to another member, unless they have it,
/// were asked already, or may not carry roles. Callers who reassign it to themselves carry it at
/// once.
async fn reassign(
    write: &mut CircleWrite,
    (role, history): (&role::Model, &[role_assignment::Model]),
    ended: &role_assignment::Model,
    to: &membership::Model,
    patient: Option<MemberId>,
    outcome: &mut ReleaseOutcome,
) -> Result<Option<Accepted>, Problem> {
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
    let state = RoleAssignmentState::Offered;
    let row = role_assignments::new_row(write, role, offer, state, write.actor());
    let part = write.insert_later::<role_assignment::Entity>(row)?;
    let change = Change::to::<role_assignment::Entity>("offered", &part);
    write.log(change).await?;
    if write.actor() != Some(to.id) {
        let offered = role_assignments::notification_of_offer(write, role, &part);
        outcome.notifications.push(offered);
        return Ok(None);
    }
    role_assignments::check_free(role, history, Some(ended.id))?;
    let change = Change::to::<role_assignment::Entity>("accepted", &part);
    write.log(change.fields(vec!["state"])).await?;
    let row = role_assignments::accepted_row(write, &part, Some(ended));
    Ok(Some((part, row)))
}
