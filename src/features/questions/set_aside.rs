//! `set_question_aside`: nobody needs an answer to a question any more.

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

/// Set a question aside.
///
/// Says that nobody needs an answer any more. It can be reopened. Nobody is told.
///
/// - 403 `forbidden`: only the member who added the question, and members with the level `write`
///   for its topic, can do it; viewers cannot.
/// - 409 `invalid_transition`: the question is answered.
#[utoipa::path(
    post, path = "/circles/{circle_id}/questions/{question_id}/set-aside", tag = "questions",
    params(CirclePath, QuestionPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The question", body = Question), Problem),
)]
pub async fn set_question_aside(
    app: App,
    circle: CircleAccess<AddQuestions>,
    Path(path): Path<QuestionPath>,
) -> Result<Resource<Question>, Problem> {
    let mut question = LockedQuestion::open(&app, &circle, path.question_id).await?;
    if question.check_unless_in_effect(QuestionVerb::SetAside)? {
        let mut row = question.row.clone().into_active_model();
        row.state = Set(QuestionState::SetAside);
        row.carried_over = Set(false);
        question
            .save_later(QuestionVerb::SetAside, row, vec!["state"])
            .await?;
    }
    question.respond().await
}
