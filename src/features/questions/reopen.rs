//! `reopen_question`: a question that was planned, asked, answered or set aside is a draft again.

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

/// Reopen a question.
///
/// Makes it a draft again, so that it can be planned for another appointment. Its answer is deleted,
/// with who heard it and when. To correct an answer, record the right one instead. Nobody is told.
///
/// - 403 `forbidden`: only the member who added the question, and members with the level `write`
///   for its topic, can do it; viewers cannot.
#[utoipa::path(
    post, path = "/circles/{circle_id}/questions/{question_id}/reopen", tag = "questions",
    params(CirclePath, QuestionPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The question", body = Question), Problem),
)]
pub async fn reopen_question(
    app: App,
    circle: CircleAccess<AddQuestions>,
    Path(path): Path<QuestionPath>,
) -> Result<Resource<Question>, Problem> {
    let mut question = LockedQuestion::open(&app, &circle, path.question_id).await?;
    if question.check_unless_in_effect(QuestionVerb::Reopen)? {
        let mut row = question.row.clone().into_active_model();
        row.state = Set(QuestionState::Draft);
        row.appointment_id = Set(None);
        row.answer = Set(None);
        row.heard_by_member_id = Set(None);
        row.answered_on = Set(None);
        let fields = vec!["state", "appointment_id", "answer"];
        question
            .save_later(QuestionVerb::Reopen, row, fields)
            .await?;
        question.related = None;
    }
    question.respond().await
}
