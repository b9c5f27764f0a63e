//! What may happen to an appointment, and who may do it: one table for `actions` in answers and
//! for the verbs themselves. `complete` is in `actions` before the start too, because an answer
//! must not change while nothing happens.

use crate::access::{CircleScope, Facts, NoPart, Permission, Refusal, verbs};
use crate::entity::appointment::{self, AppointmentKind, AppointmentState};
use crate::entity::topic_grant::Topic;

verbs! {
    /// Everything that can be done to an appointment.
    AppointmentVerb as AppointmentAction of AppointmentFacts, "this appointment": AppointmentState, NoPart {
        Update = "update" [Proposed | Scheduled | Completed], may_schedule, "updated";
        Reschedule = "reschedule" [Proposed | Scheduled], may_schedule, "rescheduled";
        Confirm = "confirm" [Proposed => Scheduled], may_schedule, "confirmed";
        Cancel = "cancel" [Proposed | Scheduled => Canceled], may_schedule, "canceled";
        Reinstate = "reinstate" [Canceled], may_schedule, "reinstated";
        Complete = "complete" [Scheduled => Completed], may_schedule, "completed";
        MarkMissed = "mark_missed" [Scheduled => Missed], may_schedule,
            "missed", "mark {} as missed";
        AddAttendees = "add_attendees" [Proposed | Scheduled], may_schedule, "attendees_added",
            "add attendees to {}";
        RemoveAttendee = "remove_attendee" [Proposed | Scheduled], may_schedule, "attendee_removed",
            "remove attendees from {}";
        Respond = "respond" [Proposed | Scheduled], may_answer, "responded", "respond to {}";
        CreateNeed = "create_need" [Proposed | Scheduled], may_add_need, "created", "add a need to {}";
        CreateComment = "create_comment" [Proposed | Scheduled | Completed | Missed | Canceled],
            may_comment, "created", "comment on {}";
        CreateAgendaItem = "create_agenda_item" [Proposed | Scheduled], may_schedule,
            "created", "add an agenda item to {}";
    }
}

/// What the rules look at: the row of the appointment, and the caller.
pub struct AppointmentFacts<'a> {
    pub scope: &'a CircleScope,
    pub appointment: &'a appointment::Model,
}

impl Facts<AppointmentVerb> for AppointmentFacts<'_> {
    fn state(&self) -> AppointmentState {
        self.appointment.state
    }

    /// Only a family meeting has an agenda.
    fn is_open_to(&self, verb: AppointmentVerb) -> bool {
        verb != AppointmentVerb::CreateAgendaItem
            || self.appointment.kind == AppointmentKind::FamilyMeeting
    }
}

impl AppointmentFacts<'_> {
    fn may_schedule(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::ScheduleAppointments)?;
        self.scope.check_writes(self.appointment.topic)
    }

    fn may_answer(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::RespondToAppointments)
    }

    fn may_comment(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::WriteMessages)
    }

    /// A need is an everyday thing, so adding one takes the level `write` for `daily` as well.
    fn may_add_need(&self) -> Result<(), Refusal> {
        self.may_schedule()?;
        self.scope.check_writes(Topic::Daily)
    }
}

/// The topic of an appointment for which the request names none.
pub fn default_topic(kind: AppointmentKind) -> Topic {
    match kind {
        AppointmentKind::Counseling
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
        // proposed, scheduled, completed, missed, canceled
        insta::assert_snapshot!(table, @r"
        +++.. update
        ++... reschedule
        +.... confirm
        ++... cancel
        ....+ reinstate
        .+... complete
        .+... mark_missed
        ++... add_attendees
        ++... remove_attendee
        ++... respond
        ++... create_need
        +++++ create_comment
        ++... create_agenda_item
        ");
    }
}
