//! What may happen to a circle, and who may do it: one table for the answer's `actions`
//! and for the verbs themselves.

use crate::access::{CircleScope, Facts, NoPart, Permission, verbs};
use crate::entity::circle;
use crate::entity::ids::MemberId;

/// Whether a circle is going to be erased, and who asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CircleState {
    /// Nobody asked for it.
    Lasting,
    /// A coordinator did.
    Ending,
    /// The patient did: only the patient undoes it.
    EndingForPatient,
}

impl CircleState {
    /// What it is called.
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
    CircleVerb of CircleFacts: CircleState, NoPart {
        Change = "change" [Lasting | Ending | EndingForPatient], may_manage, "changed";
        Invite = "invite" [Lasting | Ending | EndingForPatient], may_invite, "created";
        Delete = "delete" [Lasting | Ending], may_delete, "deletion_asked";
        Keep = "keep" [Ending | EndingForPatient => Lasting], may_keep, "deletion_undone";
        Leave = "leave" [Lasting | Ending | EndingForPatient], may_leave, "left";
    }
}

/// What decides about a circle: its row, who is the patient in it, and the caller.
pub struct CircleFacts<'a> {
    pub scope: &'a CircleScope,
    pub circle: &'a circle::Model,
    pub patient: Option<MemberId>,
}

impl Facts<CircleVerb> for CircleFacts<'_> {
    fn state(&self) -> CircleState {
        let asked_by = self.circle.erase_asked_by;
        if self.circle.erase_at.is_none() {
            CircleState::Lasting
        } else if asked_by.is_some() && asked_by == self.patient {
            CircleState::EndingForPatient
        } else {
            CircleState::Ending
        }
    }
}

impl CircleFacts<'_> {
    fn may_manage(&self) -> bool {
        self.scope.may(Permission::ManageCircle)
    }

    fn may_invite(&self) -> bool {
        self.scope.may(Permission::InvitePeople)
    }

    /// What a coordinator asked for, the patient may ask for as well.
    fn may_delete(&self) -> bool {
        self.scope.may(Permission::EndCircle)
            && (self.state() == CircleState::Lasting || self.scope.is_patient())
    }

    fn may_keep(&self) -> bool {
        self.scope.may(Permission::EndCircle)
            && (self.state() != CircleState::EndingForPatient || self.scope.is_patient())
    }

    /// The member asks, and no program of theirs. A member whose account is being erased
    /// leaves with it.
    fn may_leave(&self) -> bool {
        self.scope.is_signed_in() && !self.scope.is_leaving()
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
        // lasting, ending, ending for the patient
        insta::assert_snapshot!(table, @r"
        +++ change
        +++ invite
        ++. delete
        .++ keep
        +++ leave
        ");
    }
}
