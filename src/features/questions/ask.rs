//! `ask_question`: a question was asked, and has no answer yet.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::locked::LockedQuestion;
use super::rules::QuestionVerb;
use super::types::{Question, QuestionPath};
use crate::access::{AddQuestions, CircleAccess, CirclePath};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::question::QuestionState;
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Mark a question as asked.
///
/// Says that somebody has asked it, and the answer is still to come. Its appointment stays the one
/// for which it was planned. Nobody is told.
///
/// - 403 `forbidden`: only the member who added the question, and members with the level `write`
///   for its topic, can do it; viewers cannot.
/// - 409 `invalid_transition`: the question is answered or set aside. Reopen it first.
#[utoipa::path(
    post, path = "/circles/{circle_id}/questions/{question_id}/ask", tag = "questions",
    params(CirclePath, QuestionPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The question", body = Question), Problem),
)]
pub async fn ask_question(
    app: App,
    circle: CircleAccess<AddQuestions>,
    Path(path): Path<QuestionPath>,
) -> Result<Resource<Question>, Problem> {
    let mut question = LockedQuestion::open(&app, &circle, path.question_id).await?;
    if question.check_unless_in_effect(QuestionVerb::Ask)? {
        let mut row = question.row.clone().into_active_model();
        row.state = Set(QuestionState::Asked);
        row.carried_over = Set(false);
        question
            .save_later(QuestionVerb::Ask, row, vec!["state"])
            .await?;
    }
    question.respond().await
}
