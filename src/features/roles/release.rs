//! Releases the roles of a member who leaves, is suspended, or may no longer carry roles.

use super::{role_assignments, rules, store};
use crate::access::{CircleWrite, patient_id_of};
use crate::entity::ids::MemberId;
use crate::entity::membership;
use crate::entity::role_assignment::RoleAssignmentState;
use crate::features::participation::{ReleaseOutcome, ReleasedItem};
use crate::problem::Problem;

/// Ends every role that a member carries and withdraws every role that was offered to
/// them. Each role that ends is offered to `reassign_to`.
pub async fn release_roles(
    write: &mut CircleWrite,
    member: MemberId,
    reassign_to: Option<&membership::Model>,
    outcome: &mut ReleaseOutcome,
) -> Result<(), Problem> {
    let today = store::today(write);
    let patient = patient_id_of(write.tx(), write.scope()).await?;
    for (role, history) in store::held_by(write, member).await? {
        for part in rules::open_parts(&history).filter(|part| part.member_id == member) {
            let (after, change) = role_assignments::end_or_withdraw(write, part, today).await?;
            write.log(change.on_behalf_of(member)).await?;
            if after.state == RoleAssignmentState::Ended {
                outcome
                    .notifications
                    .extend(role_assignments::notifications_of_end(write, &role, part));
                if let Some(reassign_to) = reassign_to {
                    let offered = role_assignments::reassign(
                        write,
                        &role,
                        &history,
                        &after,
                        reassign_to,
                        patient,
                    );
                    outcome.notifications.extend(offered.await?);
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
    Ok(())
}
