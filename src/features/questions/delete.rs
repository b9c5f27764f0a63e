//! `delete_question`: deletes a question with its answer.

use super::locked::LockedQuestion;
use super::rules::QuestionVerb;
use super::types::QuestionPath;
use crate::access::{AddQuestions, CircleAccess, CirclePath};
use crate::app::App;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::question;
use crate::http::extract::Path;
use crate::http::response::NoContent;
use crate::problem::Problem;

/// Delete a question.
///
/// Deletes it for good, with its answer. To keep it without an answer, set it aside. Nobody is told.
///
/// - 403 `forbidden`: only the member who added the question, and members with the level `write`
///   for its topic, can delete it; viewers cannot.
#[utoipa::path(
    delete, path = "/circles/{circle_id}/questions/{question_id}", tag = "questions",
    params(CirclePath, QuestionPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = NO_CONTENT, description = "Deleted"), Problem),
)]
pub async fn delete_question(
    app: App,
    circle: CircleAccess<AddQuestions>,
    Path(path): Path<QuestionPath>,
) -> Result<NoContent, Problem> {
    let mut question = LockedQuestion::open(&app, &circle, path.question_id).await?;
    question.check(QuestionVerb::Delete)?;
    question
        .write
        .delete::<question::Entity>(&question.row)
        .await?;
    question.log(QuestionVerb::Delete, Vec::new()).await?;
    question.write.commit(NoContent).await
}
