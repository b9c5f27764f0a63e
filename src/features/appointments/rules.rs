//! What may happen to an appointment, and who may do it: one table for the
//! answer's `actions` and for the verbs themselves. Completing stays listed before
//! the start, because an answer depends on no clock.

use crate::access::{CircleScope, Facts, NoPart, Permission, verbs};
use crate::entity::appointment::{self, AppointmentKind, AppointmentState};
use crate::entity::topic_grant::{Topic, TopicLevel};

verbs! {
    /// Everything that can be done to an appointment.
    AppointmentVerb of AppointmentFacts: AppointmentState, NoPart {
        Change = "change" [Proposed | Scheduled], may_schedule, "changed";
        Reschedule = "reschedule" [Proposed | Scheduled], may_schedule, "rescheduled";
        Confirm = "confirm" [Proposed => Scheduled], may_schedule, "confirmed";
        Cancel = "cancel" [Proposed | Scheduled => Cancelled], may_schedule, "cancelled";
        Reinstate = "reinstate" [Cancelled], may_schedule, "reinstated";
        Complete = "complete" [Scheduled => Completed], may_schedule, "completed";
        DidNotHappen = "did_not_happen" [Scheduled => DidNotHappen], may_schedule,
            "did_not_happen";
        Invite = "invite" [Proposed | Scheduled], may_schedule, "invited";
        Uninvite = "uninvite" [Proposed | Scheduled], may_schedule, "uninvited";
        Answer = "answer" [Proposed | Scheduled], may_answer, "answered";
        AddNeed = "add_need" [Proposed | Scheduled], may_add_need, "created";
    }
}

/// What decides about an appointment: its row, and the caller.
pub struct AppointmentFacts<'a> {
    pub scope: &'a CircleScope,
    pub appointment: &'a appointment::Model,
}

impl Facts<AppointmentVerb> for AppointmentFacts<'_> {
    fn state(&self) -> AppointmentState {
        self.appointment.state
    }
}

impl AppointmentFacts<'_> {
    fn writes(&self, topic: Topic) -> bool {
        self.scope.topics().level(topic) == TopicLevel::Write
    }

    fn may_schedule(&self) -> bool {
        self.scope.may(Permission::ScheduleAppointments) && self.writes(self.appointment.topic)
    }

    fn may_answer(&self) -> bool {
        self.scope.may(Permission::AnswerAppointments)
    }

    /// A need is an everyday thing too, so adding one takes writing both topics.
    fn may_add_need(&self) -> bool {
        self.may_schedule() && self.writes(Topic::Daily)
    }
}

/// What an appointment is about, when nobody says.
pub fn default_topic(kind: AppointmentKind) -> Topic {
    match kind {
        AppointmentKind::Counselling
        | AppointmentKind::SupportGroup
        | AppointmentKind::FamilyMeeting => Topic::Family,
        _ => Topic::Health,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Verb;

    #[test]
    fn the_states_of_an_appointment_follow_one_table() {
        let mut table = String::new();
        for verb in AppointmentVerb::ALL {
            let row: String = AppointmentState::ALL
                .iter()
                .map(|state| if verb.fits(*state, None) { '+' } else { '.' })
                .collect();
            table.extend([row.as_str(), " ", verb.action(), "\n"]);
        }
        // proposed, scheduled, completed, did_not_happen, cancelled
        insta::assert_snapshot!(table, @r"
        ++... change
        ++... reschedule
        +.... confirm
        ++... cancel
        ....+ reinstate
        .+... complete
        .+... did_not_happen
        ++... invite
        ++... uninvite
        ++... answer
        ++... add_need
        ");
    }
}
