//! The questions that the demo family has for the care team.

use serde_json::{Value, json};

use super::household::Household;
use super::people::Who::{self, Ana, Ben, Rosa};
use super::requests::text;

/// What becomes of a question.
#[derive(Clone, Copy)]
enum Becomes {
    /// Nothing yet: it waits for an appointment.
    Draft,
    /// It is planned for the check-up.
    Planned,
    /// Somebody has asked it on the phone, and waits for the answer.
    Asked(Who),
    /// Somebody has heard the answer.
    Answered(Who, &'static str),
}

/// Who wants to know what.
type QuestionPlan = (Who, &'static str, Becomes);

const QUESTIONS: &[QuestionPlan] = &[
    (Rosa, "Can I go to the sea in autumn?", Becomes::Planned),
    (
        Ben,
        "Whom do we call at night? It should hang on the fridge.",
        Becomes::Planned,
    ),
    (
        Ana,
        "Would a walker help, and who prescribes it?",
        Becomes::Draft,
    ),
    (
        Ben,
        "Does physiotherapy go on after the ten visits?",
        Becomes::Asked(Ben),
    ),
    (
        Ana,
        "Can she take the tablets with food?",
        Becomes::Answered(Ana, "Yes, with a glass of water, and not with grapefruit."),
    ),
];

/// A question that was added, and its path.
pub struct MadeQuestion {
    becomes: Becomes,
    path: String,
}

/// Adds the questions. Some of them are planned for the appointment at once.
pub async fn make(
    household: &mut Household,
    appointment: &str,
) -> anyhow::Result<Vec<MadeQuestion>> {
    let appointment = appointment.rsplit('/').next();
    let mut made = Vec::new();
    for &(who, question, becomes) in QUESTIONS {
        let planned = appointment.filter(|_| matches!(becomes, Becomes::Planned));
        let new = json!({ "text": question, "appointment_id": planned });
        let question = household.ask(who, "/questions", new).await?;
        let path = format!("/questions/{}", text(&question, "id")?);
        made.push(MadeQuestion { becomes, path });
    }
    Ok(made)
}

/// Today some of them are asked and answered.
pub async fn go_on(household: &mut Household, questions: &[MadeQuestion]) -> anyhow::Result<()> {
    for MadeQuestion { becomes, path } in questions {
        match *becomes {
            Becomes::Draft | Becomes::Planned => {}
            Becomes::Asked(who) => {
                let ask = format!("{path}/ask");
                household.ask(who, &ask, Value::Null).await?;
            }
            Becomes::Answered(who, said) => {
                let answer = format!("{path}/answer");
                let body = json!({ "answer": said });
                household.ask(who, &answer, body).await?;
            }
        }
    }
    Ok(())
}
