//! What may happen to a question for the care team, and who may do it.

use crate::access::{CircleScope, Facts, NoPart, Refusal, may_change_question, verbs};
use crate::entity::question::{self, QuestionState};

verbs! {
    /// Everything that can be done to a question.
    QuestionVerb as QuestionAction of QuestionFacts, "this question": QuestionState, NoPart {
        Update = "update" [Draft | Planned | Asked], may_change, "updated";
        Plan = "plan" [Draft | Planned], may_change, "planned", "plan {} for an appointment";
        Ask = "ask" [Draft | Planned => Asked], may_change, "asked", "mark {} as asked";
        Answer = "answer" [Draft | Planned | Asked | Answered], may_change, "answered",
            "record the answer to {}";
        SetAside = "set_aside" [Draft | Planned | Asked => SetAside], may_change, "set_aside",
            "set {} aside";
        Reopen = "reopen" [Planned | Asked | Answered | SetAside => Draft], may_change, "reopened";
        Delete = "delete" [Draft | Planned | Asked | Answered | SetAside], may_change, "deleted";
    }
}

/// What the rules look at: the row of the question, and the caller.
pub struct QuestionFacts<'a> {
    pub scope: &'a CircleScope,
    pub question: &'a question::Model,
}

impl Facts<QuestionVerb> for QuestionFacts<'_> {
    fn state(&self) -> QuestionState {
        self.question.state
    }
}

impl QuestionFacts<'_> {
    fn may_change(&self) -> Result<(), Refusal> {
        may_change_question(self.scope, self.question)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Verb;

    #[test]
    fn the_states_of_a_question_follow_one_table() {
        let mut table = String::new();
        for verb in QuestionVerb::ALL {
            let row: String = QuestionState::ALL
                .iter()
                .map(|state| if verb.fits(*state, None) { '+' } else { '.' })
                .collect();
            table.extend([row.as_str(), " ", verb.action(), "\n"]);
        }
        // draft, planned, asked, answered, set_aside
        insta::assert_snapshot!(table, @r"
        +++.. update
        ++... plan
        ++... ask
        ++++. answer
        +++.. set_aside
        .++++ reopen
        +++++ delete
        ");
    }
}
