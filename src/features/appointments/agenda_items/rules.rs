//! What may happen to an item on the agenda of a family meeting, and who may do it.

use crate::access::{CircleScope, Facts, NoPart, Permission, Refusal, verbs};
use crate::entity::agenda_item::{self, MeetingAgendaItemState};
use crate::entity::topic_grant::Topic;

verbs! {
    /// Everything that can be done to an agenda item.
    AgendaItemVerb as MeetingAgendaItemAction of AgendaItemFacts, "this agenda item": MeetingAgendaItemState, NoPart {
        Update = "update" [Open | Discussed | Postponed], may_change, "updated";
        Discuss = "discuss" [Open | Postponed => Discussed], may_change, "discussed",
            "mark {} as discussed";
        Postpone = "postpone" [Open | Discussed => Postponed], may_change, "postponed";
        Reopen = "reopen" [Discussed | Postponed => Open], may_change, "reopened";
        Delete = "delete" [Open | Discussed | Postponed], may_change, "deleted";
    }
}

/// What the rules look at: the row, the topic of its meeting, and the caller.
pub struct AgendaItemFacts<'a> {
    pub scope: &'a CircleScope,
    pub item: &'a agenda_item::Model,
    pub topic: Topic,
}

impl Facts<AgendaItemVerb> for AgendaItemFacts<'_> {
    fn state(&self) -> MeetingAgendaItemState {
        self.item.state
    }
}

impl AgendaItemFacts<'_> {
    /// Members who may change the meeting.
    fn may_change(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::ScheduleAppointments)?;
        self.scope.check_writes(self.topic)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Verb;

    #[test]
    fn the_states_of_an_agenda_item_follow_one_table() {
        let mut table = String::new();
        for verb in AgendaItemVerb::ALL {
            let row: String = MeetingAgendaItemState::ALL
                .iter()
                .map(|state| if verb.fits(*state, None) { '+' } else { '.' })
                .collect();
            table.extend([row.as_str(), " ", verb.action(), "\n"]);
        }
        // open, discussed, postponed
        insta::assert_snapshot!(table, @r"
        +++ update
        +.+ discuss
        ++. postpone
        .++ reopen
        +++ delete
        ");
    }
}
