//! What may happen to a circle, and who may do it: one table for the answer's `actions`
//! and for the verbs themselves.

use crate::access::{CircleScope, Facts, Permission, Refusal, verbs};
use crate::entity::circle::{self, CircleState};
use crate::entity::ids::MemberId;

/// Whether the deletion of a circle is scheduled, and who scheduled it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CircleDeletion {
    /// No deletion is scheduled.
    Lasting,
    /// A coordinator scheduled it.
    Ending,
    /// The patient scheduled it: only the patient cancels it.
    EndingForPatient,
}

verbs! {
    /// Everything that can be done to a circle. In round brackets is whether its deletion is
    /// scheduled.
    CircleVerb as CircleAction of CircleFacts, "this circle": CircleState, CircleDeletion {
        Update = "update" [Active | Paused | InMemory], may_manage, "updated";
        Invite = "invite" [Active | Paused], may_invite, "created", "invite people to {}";
        Propose = "propose" [Active | Paused], may_propose, "proposed", "propose people to {}";
        Pause = "pause" [Active => Paused], may_change_state, "paused";
        Resume = "resume" [Paused => Active], may_change_state, "resumed";
        MarkInMemory = "mark_in_memory" [Active | Paused => InMemory], may_manage,
            "marked_in_memory", "mark {} as in memory";
        Archive = "archive" [Active | Paused | InMemory => Archived], may_change_state, "archived";
        Unarchive = "unarchive" [Archived], may_unarchive, "unarchived";
        ScheduleDeletion = "schedule_deletion" [
            Active(Lasting | Ending) | Paused(Lasting | Ending)
            | InMemory(Lasting | Ending) | Archived(Lasting | Ending)
        ], may_delete, "deletion_scheduled", "delete {}";
        CancelDeletion = "cancel_deletion" [
            Active(Ending | EndingForPatient) | Paused(Ending | EndingForPatient)
            | InMemory(Ending | EndingForPatient) | Archived(Ending | EndingForPatient)
            => (Lasting)
        ], may_keep, "deletion_canceled", "cancel the deletion of {}";
        Leave = "leave" [Active | Paused | InMemory | Archived], may_leave, "left";
    }
}

/// What the rules of a circle depend on: its row, its patient and the caller.
pub struct CircleFacts<'a> {
    pub scope: &'a CircleScope,
    pub circle: &'a circle::Model,
    pub patient: Option<MemberId>,
}

impl Facts<CircleVerb> for CircleFacts<'_> {
    fn state(&self) -> CircleState {
        self.circle.state
    }

    fn my_part(&self) -> Option<CircleDeletion> {
        Some(self.deletion())
    }
}

impl CircleFacts<'_> {
    fn deletion(&self) -> CircleDeletion {
        let asked_by = self.circle.deletion_requested_by_member_id;
        if self.circle.deletion_scheduled_for.is_none() {
            CircleDeletion::Lasting
        } else if asked_by.is_some() && asked_by == self.patient {
            CircleDeletion::EndingForPatient
        } else {
            CircleDeletion::Ending
        }
    }

    fn may_manage(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::ManageCircle)
    }

    fn may_invite(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::InvitePeople)
    }

    fn may_propose(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::ProposePeople)
    }

    fn may_change_state(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::ChangeCircleState)
    }

    /// Only coordinators, as if the circle were not archived.
    fn may_unarchive(&self) -> Result<(), Refusal> {
        self.may_change_state()?;
        if self.scope.may(Permission::ManageCircle) {
            return Ok(());
        }
        Err(Refusal::without(Permission::ManageCircle))
    }

    /// If a coordinator scheduled the deletion, the patient may schedule it too: then
    /// only the patient cancels it.
    fn may_delete(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::DeleteCircle)?;
        if self.deletion() == CircleDeletion::Lasting || self.scope.is_patient() {
            return Ok(());
        }
        Err(Refusal::only("the patient").because("The deletion is scheduled already."))
    }

    fn may_keep(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::DeleteCircle)?;
        if self.deletion() != CircleDeletion::EndingForPatient || self.scope.is_patient() {
            return Ok(());
        }
        Err(Refusal::only("the patient").because("The patient asked for the deletion."))
    }

    /// Only the member themselves, signed in and not by a personal access token. A member
    /// whose account is scheduled for deletion leaves together with it.
    fn may_leave(&self) -> Result<(), Refusal> {
        if self.scope.is_signed_in() && !self.scope.is_leaving() {
            return Ok(());
        }
        Err(Refusal::without(Permission::ViewCircle))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Verb;

    #[test]
    fn the_states_of_a_circle_follow_one_table() {
        use CircleDeletion::{Ending, EndingForPatient, Lasting};
        let mut table = String::new();
        for verb in CircleVerb::ALL {
            for state in CircleState::ALL {
                let fits = |deletion| verb.fits(*state, Some(deletion));
                let mark = |deletion| if fits(deletion) { '+' } else { '.' };
                table.extend([Lasting, Ending, EndingForPatient].map(mark));
                table.push(' ');
            }
            table.extend([verb.action(), "\n"]);
        }
        // For each state of the circle (active, paused, in memory, archived), of its deletion:
        // lasting, ending, ending for the patient.
        insta::assert_snapshot!(table, @r"
        +++ +++ +++ ... update
        +++ +++ ... ... invite
        +++ +++ ... ... propose
        +++ ... ... ... pause
        ... +++ ... ... resume
        +++ +++ ... ... mark_in_memory
        +++ +++ +++ ... archive
        ... ... ... +++ unarchive
        ++. ++. ++. ++. schedule_deletion
        .++ .++ .++ .++ cancel_deletion
        +++ +++ +++ +++ leave
        ");
    }
}
