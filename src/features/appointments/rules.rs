//! What may happen to an appointment, and who may do it: one table for the
//! answer's `actions` and for the verbs themselves.

use crate::access::{CircleScope, Permission};
use crate::entity::appointment::{self, AppointmentKind, AppointmentState};
use crate::entity::topic_grant::{Topic, TopicLevel};

/// Everything that can be done to an appointment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Change,
    Reschedule,
    Confirm,
    Cancel,
    Reinstate,
    Complete,
    DidNotHappen,
    Invite,
    Uninvite,
    Answer,
    AddNeed,
}

impl Verb {
    pub const ALL: [Self; 11] = [
        Self::Change,
        Self::Reschedule,
        Self::Confirm,
        Self::Cancel,
        Self::Reinstate,
        Self::Complete,
        Self::DidNotHappen,
        Self::Invite,
        Self::Uninvite,
        Self::Answer,
        Self::AddNeed,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Reschedule => "reschedule",
            Self::Confirm => "confirm",
            Self::Cancel => "cancel",
            Self::Reinstate => "reinstate",
            Self::Complete => "complete",
            Self::DidNotHappen => "did_not_happen",
            Self::Invite => "invite",
            Self::Uninvite => "uninvite",
            Self::Answer => "answer",
            Self::AddNeed => "add_need",
        }
    }

    /// Whether it fits the state.
    pub fn fits(self, state: AppointmentState) -> bool {
        use AppointmentState::{Cancelled, Proposed, Scheduled};
        match self {
            Self::Change
            | Self::Reschedule
            | Self::Cancel
            | Self::Invite
            | Self::Uninvite
            | Self::Answer
            | Self::AddNeed => matches!(state, Proposed | Scheduled),
            Self::Confirm => state == Proposed,
            Self::Reinstate => state == Cancelled,
            Self::Complete | Self::DidNotHappen => state == Scheduled,
        }
    }

    /// Whether the caller may, as far as rights go. A need is an everyday thing
    /// too: whoever adds one writes both topics.
    pub fn allowed(self, scope: &CircleScope, row: &appointment::Model) -> bool {
        let writes = |topic| scope.topics().level(topic) == TopicLevel::Write;
        let schedules = scope.may(Permission::ScheduleAppointments) && writes(row.topic);
        match self {
            Self::Answer => scope.may(Permission::AnswerInvitations),
            Self::AddNeed => schedules && writes(Topic::Daily),
            _ => schedules,
        }
    }
}

/// What the caller may do now. Completing stays listed before the start: the
/// answer depends on no clock.
pub fn actions(scope: &CircleScope, row: &appointment::Model) -> Vec<&'static str> {
    Verb::ALL
        .into_iter()
        .filter(|verb| verb.fits(row.state) && verb.allowed(scope, row))
        .map(Verb::as_str)
        .collect()
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

    #[test]
    fn the_states_of_an_appointment_follow_one_table() {
        let mut table = String::new();
        for verb in Verb::ALL {
            let row: String = AppointmentState::ALL
                .iter()
                .map(|state| if verb.fits(*state) { '+' } else { '.' })
                .collect();
            table.extend([row.as_str(), " ", verb.as_str(), "\n"]);
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
