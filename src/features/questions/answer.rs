//! `answer_question`: records what the care team answered, who heard it, and when.

use chrono::NaiveDate;
use garde::Validate;
use sea_orm::{ActiveValue::Set, IntoActiveModel};
use serde::Deserialize;
use utoipa::ToSchema;

use super::locked::LockedQuestion;
use super::rules::QuestionVerb;
use super::types::{Question, QuestionPath};
use crate::access::{
    AddQuestions, CircleAccess, CirclePath, CircleWrite, active_members, unknown_member,
};
use crate::app::App;
use crate::entity::ids::MemberId;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::question::QuestionState;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::platform::text::Notes;
use crate::platform::time::civil::{Day, day_of};
use crate::problem::{FieldErrorCode, Problem};

/// The answer of the care team.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "answer": "Yes, with a glass of water.", "answered_on": "2027-01-02" })))]
pub struct AnswerQuestionRequest {
    /// What the care team answered.
    #[garde(dive)]
    pub answer: Notes,
    /// The member who heard it. Default: you.
    #[serde(default)]
    #[garde(skip)]
    pub heard_by_member_id: Option<MemberId>,
    /// The day of the answer. Default: today, in your own time zone.
    #[serde(default)]
    #[garde(dive)]
    pub answered_on: Option<Day>,
}

/// Answer a question.
///
/// Says what the care team answered, who heard it, and when. It replaces an earlier answer. Nobody
/// is told.
///
/// - 403 `forbidden`: only the member who added the question, and members with the level `write`
///   for its topic, can do it; viewers cannot.
/// - 409 `invalid_transition`: the question is set aside. Reopen it first.
/// - 422 `unknown_member`: no active member of this circle has this id.
/// - 422 `in_the_future`: `answered_on` is a day to come.
#[utoipa::path(
    post, path = "/circles/{circle_id}/questions/{question_id}/answer", tag = "questions",
    params(CirclePath, QuestionPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The question", body = Question), Problem),
)]
pub async fn answer_question(
    app: App,
    circle: CircleAccess<AddQuestions>,
    Path(path): Path<QuestionPath>,
    Json(said): Json<AnswerQuestionRequest>,
) -> Result<Resource<Question>, Problem> {
    let mut question = LockedQuestion::open(&app, &circle, path.question_id).await?;
    question.check(QuestionVerb::Answer)?;
    let heard_by = heard_by(&question.write, said.heard_by_member_id).await;
    let answered_on = answered_on(&question.write, said.answered_on);
    let (heard_by, answered_on) = Problem::both(heard_by, answered_on)?;
    let mut row = question.row.clone().into_active_model();
    row.state = Set(QuestionState::Answered);
    row.carried_over = Set(false);
    row.answer = Set(Some(said.answer.into()));
    row.heard_by_member_id = Set(heard_by);
    row.answered_on = Set(Some(answered_on));
    let fields = vec!["state", "answer", "heard_by_member_id", "answered_on"];
    let is_as_sent = question.row.state == QuestionState::Answered
        && row.answer.as_ref() == &question.row.answer
        && heard_by == question.row.heard_by_member_id
        && Some(answered_on) == question.row.answered_on;
    if !is_as_sent {
        question
            .save_later(QuestionVerb::Answer, row, fields)
            .await?;
    }
    question.respond().await
}

/// The member who heard the answer: the caller, if nobody is named.
async fn heard_by(
    write: &CircleWrite,
    named: Option<MemberId>,
) -> Result<Option<MemberId>, Problem> {
    let Some(member) = named.filter(|member| !write.scope().is_member(*member)) else {
        return Ok(write.actor());
    };
    if active_members(write, &[member]).await?.is_empty() {
        let unknown = unknown_member("/heard_by_member_id");
        return Err(Problem::Invalid(vec![unknown]));
    }
    Ok(Some(member))
}

/// The day of the answer: today, if none is named. Today is a day of the caller or of the circle.
fn answered_on(write: &CircleWrite, named: Option<Day>) -> Result<NaiveDate, Problem> {
    let scope = write.scope();
    let today = day_of(write.now(), scope.reader_zone());
    let latest = today.max(day_of(write.now(), scope.time_zone()));
    match named {
        None => Ok(today),
        Some(Day(day)) if day <= latest => Ok(day),
        Some(_) => Err(Problem::field(
            "/answered_on",
            FieldErrorCode::InTheFuture,
            "Send the day on which the care team answered, today or earlier.",
        )),
    }
}
