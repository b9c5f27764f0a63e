//! What may happen to a circle, and who may do it: one table for the answer's `actions`
//! and for the verbs themselves.

use crate::access::{CircleScope, Facts, NoPart, Permission, Refusal, verbs};
use crate::entity::circle;
use crate::entity::ids::MemberId;

/// Whether the deletion of a circle is scheduled, and who scheduled it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CircleState {
    /// No deletion is scheduled.
    Lasting,
    /// A coordinator scheduled it.
    Ending,
    /// The patient scheduled it: only the patient cancels it.
    EndingForPatient,
}

impl CircleState {
    /// The name of the state in problems.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lasting => "lasting",
            Self::Ending => "ending",
            Self::EndingForPatient => "ending_for_patient",
        }
    }
}

verbs! {
    /// Everything that can be done to a circle.
    CircleVerb as CircleAction of CircleFacts, "this circle": CircleState, NoPart {
        Update = "update" [Lasting | Ending | EndingForPatient], may_manage, "updated";
        Invite = "invite" [Lasting | Ending | EndingForPatient], may_invite, "created",
            "invite people to {}";
        ScheduleDeletion = "schedule_deletion" [Lasting | Ending], may_delete, "deletion_scheduled",
            "delete {}";
        CancelDeletion = "cancel_deletion" [Ending | EndingForPatient => Lasting], may_keep, "deletion_canceled",
            "cancel the deletion of {}";
        Leave = "leave" [Lasting | Ending | EndingForPatient], may_leave, "left";
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
        let asked_by = self.circle.deletion_requested_by_member_id;
        if self.circle.deletion_scheduled_for.is_none() {
            CircleState::Lasting
        } else if asked_by.is_some() && asked_by == self.patient {
            CircleState::EndingForPatient
        } else {
            CircleState::Ending
        }
    }
}

impl CircleFacts<'_> {
    fn may_manage(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::ManageCircle)
    }

    fn may_invite(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::InvitePeople)
    }

    /// If a coordinator scheduled the deletion, the patient may schedule it too: then
    /// only the patient cancels it.
    fn may_delete(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::DeleteCircle)?;
        if self.state() == CircleState::Lasting || self.scope.is_patient() {
            return Ok(());
        }
        Err(Refusal::only("the patient").because("The deletion is scheduled already."))
    }

    fn may_keep(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::DeleteCircle)?;
        if self.state() != CircleState::EndingForPatient || self.scope.is_patient() {
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
        use CircleState::{Ending, EndingForPatient, Lasting};
        let mut table = String::new();
        for verb in CircleVerb::ALL {
            let mark = |state| if verb.fits(state, None) { '+' } else { '.' };
            table.extend([Lasting, Ending, EndingForPatient].map(mark));
            table.extend([" ", verb.action(), "\n"]);
        }
        // The states: lasting, ending, ending for the patient.
        insta::assert_snapshot!(table, @r"
        +++ update
        +++ invite
        ++. schedule_deletion
        .++ cancel_deletion
        +++ leave
        ");
    }
}
